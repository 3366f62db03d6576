import type { Reaction } from "@careline/portal-contract/adverse-events/schemas.ts";
import { Checkbox, Group, SimpleGrid } from "@mantine/core";
import { type ReactElement, useRef } from "react";
import { ChoiceField, TextLine } from "../fields/index.ts";
import { useT } from "../i18n/index.ts";
import { useCommand } from "../shortcuts/index.ts";
import { outcomes, seriousnessCriteria, severities } from "./codes.ts";
import { EntryRow } from "./entry-row.tsx";

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
    <EntryRow title={t("adverseEvents.reactionOf", { number: index + 1 })} onRemove={onRemove}>
      <TextLine
        fieldRef={first}
        label={t("adverseEvents.verbatim")}
        hint={t("adverseEvents.verbatimHint")}
        value={reaction.verbatim}
        lengthMax={2_000}
        onType={(verbatim) => change({ verbatim: verbatim ?? "" })}
      />
      <SimpleGrid type="container" cols={{ base: 1, "260px": 2, "480px": 3 }} spacing="xs">
        <ChoiceField
          label={t("adverseEvents.severity")}
          value={reaction.severity}
          codes={severities}
          nameOf={(severity) => t(`adverseEvents.severityOf.${severity}`)}
          emptyName={t("desk.choose")}
          onChoose={(severity) => change({ severity })}
        />
        <ChoiceField
          label={t("adverseEvents.outcome")}
          value={reaction.outcome}
          codes={outcomes}
          nameOf={(outcome) => t(`adverseEvents.outcomeOf.${outcome}`)}
          onChoose={(outcome) => change({ outcome: outcome ?? "unknown" })}
        />
        <TextLine
          type="date"
          label={t("adverseEvents.startedOn")}
          value={reaction.startedOn}
          onType={(startedOn) => change({ startedOn })}
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
    </EntryRow>
  );
}
