import type { Reaction } from "@careline/portal-contract/adverse-events/schemas.ts";
import { Button, Checkbox, Group, NativeSelect, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { type ReactElement, useRef } from "react";
import { useT } from "../i18n/index.ts";
import { useCommand } from "../shortcuts/index.ts";
import { outcomes, seriousnessCriteria, severities } from "./codes.ts";
import classes from "./intake.module.css";

interface ReactionFieldsProps {
  readonly reaction: Reaction;
  readonly index: number;
  readonly onChange: (reaction: Reaction) => void;
  readonly onRemove: (() => void) | null;
}

/** One reaction in the reporter's words; seriousness belongs to the reaction. */
export function ReactionFields({
  reaction,
  index,
  onChange,
  onRemove,
}: ReactionFieldsProps): ReactElement {
  const t = useT();
  const first = useRef<HTMLInputElement>(null);
  useCommand("intake.open", () => first.current?.focus(), index === 0);
  const change = (part: Partial<Reaction>): void => onChange({ ...reaction, ...part });
  return (
    <fieldset className={classes.row}>
      <legend>{t("adverseEvents.reactionOf", { number: index + 1 })}</legend>
      <Stack gap="xs">
        <TextInput
          ref={first}
          label={t("adverseEvents.verbatim")}
          description={t("adverseEvents.verbatimHint")}
          value={reaction.verbatim}
          maxLength={2_000}
          dir="auto"
          onChange={(event) => change({ verbatim: event.currentTarget.value })}
        />
        <SimpleGrid type="container" cols={{ base: 1, "260px": 2, "480px": 3 }} spacing="xs">
          <NativeSelect
            label={t("adverseEvents.severity")}
            value={reaction.severity ?? ""}
            data={[
              { value: "", label: t("desk.choose") },
              ...severities.map((value) => ({
                value,
                label: t(`adverseEvents.severityOf.${value}`),
              })),
            ]}
            onChange={(event) =>
              change({
                severity: severities.find((each) => each === event.currentTarget.value) ?? null,
              })
            }
          />
          <NativeSelect
            label={t("adverseEvents.outcome")}
            value={reaction.outcome}
            data={outcomes.map((value) => ({
              value,
              label: t(`adverseEvents.outcomeOf.${value}`),
            }))}
            onChange={(event) =>
              change({
                outcome: outcomes.find((each) => each === event.currentTarget.value) ?? "unknown",
              })
            }
          />
          <TextInput
            type="date"
            label={t("adverseEvents.startedOn")}
            value={reaction.startedOn ?? ""}
            onChange={(event) =>
              change({
                startedOn: event.currentTarget.value === "" ? null : event.currentTarget.value,
              })
            }
          />
        </SimpleGrid>
        <Checkbox.Group
          label={t("adverseEvents.seriousness")}
          value={[...reaction.seriousness]}
          onChange={(values) =>
            change({ seriousness: seriousnessCriteria.filter((each) => values.includes(each)) })
          }
        >
          <Group gap="sm" mt={4}>
            {seriousnessCriteria.map((value) => (
              <Checkbox
                key={value}
                size="xs"
                value={value}
                label={t(`adverseEvents.seriousBecause.${value}`)}
              />
            ))}
          </Group>
        </Checkbox.Group>
        {onRemove !== null && (
          <Group>
            <Button size="compact-xs" variant="default" onClick={onRemove}>
              {t("adverseEvents.remove")}
            </Button>
          </Group>
        )}
      </Stack>
    </fieldset>
  );
}
