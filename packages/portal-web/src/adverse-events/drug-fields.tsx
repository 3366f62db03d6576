import type { EventDrug } from "@careline/portal-contract/adverse-events/schemas.ts";
import { Button, Group, NativeSelect, SimpleGrid, Stack, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";
import { drugActions, drugRoles } from "./codes.ts";
import classes from "./intake.module.css";

interface DrugFieldsProps {
  readonly drug: EventDrug;
  readonly index: number;
  readonly onChange: (drug: EventDrug) => void;
  readonly onRemove: (() => void) | null;
}

/** One product with its part in the event. */
export function DrugFields({ drug, index, onChange, onRemove }: DrugFieldsProps): ReactElement {
  const t = useT();
  const change = (part: Partial<EventDrug>): void => onChange({ ...drug, ...part });
  const orNull = (text: string): string | null => (text === "" ? null : text);
  return (
    <fieldset className={classes.row}>
      <legend>{t("adverseEvents.drugOf", { number: index + 1 })}</legend>
      <Stack gap="xs">
        <SimpleGrid type="container" cols={{ base: 1, "260px": 2 }} spacing="xs">
          <TextInput
            label={t("adverseEvents.drugName")}
            value={drug.name}
            maxLength={200}
            dir="auto"
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <NativeSelect
            label={t("adverseEvents.drugRole")}
            value={drug.role}
            data={drugRoles.map((value) => ({
              value,
              label: t(`adverseEvents.drugRoleOf.${value}`),
            }))}
            onChange={(event) =>
              change({
                role: drugRoles.find((each) => each === event.currentTarget.value) ?? "suspect",
              })
            }
          />
          <TextInput
            label={t("adverseEvents.dosage")}
            value={drug.dosage ?? ""}
            maxLength={100}
            dir="auto"
            onChange={(event) => change({ dosage: orNull(event.currentTarget.value) })}
          />
          <TextInput
            label={t("adverseEvents.batchNumber")}
            value={drug.batchNumber ?? ""}
            maxLength={50}
            dir="auto"
            onChange={(event) => change({ batchNumber: orNull(event.currentTarget.value) })}
          />
          <TextInput
            label={t("adverseEvents.indication")}
            value={drug.indication ?? ""}
            maxLength={200}
            dir="auto"
            onChange={(event) => change({ indication: orNull(event.currentTarget.value) })}
          />
          <NativeSelect
            label={t("adverseEvents.drugAction")}
            value={drug.action}
            data={drugActions.map((value) => ({
              value,
              label: t(`adverseEvents.drugActionOf.${value}`),
            }))}
            onChange={(event) =>
              change({
                action: drugActions.find((each) => each === event.currentTarget.value) ?? "unknown",
              })
            }
          />
        </SimpleGrid>
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
