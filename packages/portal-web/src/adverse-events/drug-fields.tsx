import type { EventDrug } from "@careline/portal-contract/adverse-events/schemas.ts";
import { SimpleGrid } from "@mantine/core";
import type { ReactElement } from "react";
import { ChoiceField, TextLine } from "../fields/index.ts";
import { useT } from "../i18n/index.ts";
import { drugActions, drugRoles } from "./codes.ts";
import { EntryRow } from "./entry-row.tsx";

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
  return (
    <EntryRow title={t("adverseEvents.drugOf", { number: index + 1 })} onRemove={onRemove}>
      <SimpleGrid type="container" cols={{ base: 1, "260px": 2 }} spacing="xs">
        <TextLine
          label={t("adverseEvents.drugName")}
          value={drug.name}
          lengthMax={200}
          onType={(name) => change({ name: name ?? "" })}
        />
        <ChoiceField
          label={t("adverseEvents.drugRole")}
          value={drug.role}
          codes={drugRoles}
          nameOf={(role) => t(`adverseEvents.drugRoleOf.${role}`)}
          onChoose={(role) => change({ role: role ?? "suspect" })}
        />
        <TextLine
          label={t("adverseEvents.dosage")}
          value={drug.dosage}
          lengthMax={100}
          onType={(dosage) => change({ dosage })}
        />
        <TextLine
          label={t("adverseEvents.batchNumber")}
          value={drug.batchNumber}
          lengthMax={50}
          onType={(batchNumber) => change({ batchNumber })}
        />
        <TextLine
          label={t("adverseEvents.indication")}
          value={drug.indication}
          lengthMax={200}
          onType={(indication) => change({ indication })}
        />
        <ChoiceField
          label={t("adverseEvents.drugAction")}
          value={drug.action}
          codes={drugActions}
          nameOf={(action) => t(`adverseEvents.drugActionOf.${action}`)}
          onChoose={(action) => change({ action: action ?? "unknown" })}
        />
      </SimpleGrid>
    </EntryRow>
  );
}
