import type { AdverseEventFields } from "@careline/portal-contract/adverse-events/schemas.ts";
import {
  assessValidity,
  isSeriousCase,
} from "@careline/portal-contract/adverse-events/validity.ts";
import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type ReactElement, useMemo } from "react";
import { Notice } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { newRecordId } from "../outbox/index.ts";
import { DrugFields } from "./drug-fields.tsx";
import { PersonFields } from "./person-fields.tsx";
import { ReactionFields } from "./reaction-fields.tsx";
import { aDrug, aReaction } from "./report-draft.ts";
import type { Report } from "./use-report.ts";
import { ValidityMeter } from "./validity-meter.tsx";

interface ReportFormProps {
  readonly report: Report;
  /** Null while it is not known to which call the report belongs. */
  readonly callId: string | null;
  readonly patientName: string | null;
}

/** The intake: what the caller says in their words, the meter, and keeping it. */
export function ReportForm({ report, callId, patientName }: ReportFormProps): ReactElement {
  const t = useT();
  const { fields, change, draft, generation } = report;
  // The rows that are there before anything is typed keep their ids when it is: a new id would take the cursor away.
  const firstRows = useMemo(
    () => ({ generation, reaction: newRecordId(), drug: newRecordId() }),
    [generation],
  );
  const reactions =
    fields.reactions.length === 0 ? [aReaction(firstRows.reaction)] : fields.reactions;
  const drugs = fields.drugs.length === 0 ? [aDrug(firstRows.drug)] : fields.drugs;
  return (
    <Stack gap="sm">
      <ValidityMeter validity={assessValidity(fields)} isSerious={isSeriousCase(fields)} />
      {reactions.map((reaction, index) => (
        <ReactionFields
          key={reaction.reactionId}
          reaction={reaction}
          index={index}
          onChange={(next) => change({ reactions: replaceAt(reactions, index, next) })}
          onRemove={
            reactions.length > 1 ? () => change({ reactions: reactions.toSpliced(index, 1) }) : null
          }
        />
      ))}
      {drugs.map((drug, index) => (
        <DrugFields
          key={drug.drugId}
          drug={drug}
          index={index}
          onChange={(next) => change({ drugs: replaceAt(drugs, index, next) })}
          onRemove={drugs.length > 1 ? () => change({ drugs: drugs.toSpliced(index, 1) }) : null}
        />
      ))}
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          onClick={() => change({ reactions: [...reactions, aReaction(newRecordId())] })}
        >
          {t("adverseEvents.addReaction")}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => change({ drugs: [...drugs, aDrug(newRecordId())] })}
        >
          {t("adverseEvents.addDrug")}
        </Button>
      </Group>
      <PersonFields fields={fields} patientName={patientName} onChange={change} />
      <TextInput
        type="date"
        label={t("adverseEvents.eventDate")}
        value={fields.eventDate ?? ""}
        onChange={(event) =>
          change({ eventDate: event.currentTarget.value === "" ? null : event.currentTarget.value })
        }
      />
      <Textarea
        label={t("adverseEvents.narrative")}
        autosize
        minRows={2}
        maxRows={12}
        maxLength={20_000}
        dir="auto"
        value={fields.narrative ?? ""}
        onChange={(event) =>
          change({ narrative: event.currentTarget.value === "" ? null : event.currentTarget.value })
        }
      />
      <Checkbox
        label={t("desk.followUpRequired")}
        checked={fields.followUpRequired}
        onChange={(event) => change({ followUpRequired: event.currentTarget.checked })}
      />
      <ReportState report={report} />
      <Group justify="flex-end" gap="xs">
        {draft.content.recorded !== null && !draft.content.isChanged && (
          <Button variant="default" onClick={report.startAnother}>
            {t("adverseEvents.another")}
          </Button>
        )}
        <Button
          onClick={() => callId !== null && report.record(callId)}
          disabled={
            callId === null ||
            (draft.content.eventId !== null && !draft.content.isChanged) ||
            isEmpty(fields)
          }
        >
          {draft.content.eventId === null
            ? t("adverseEvents.record")
            : t("adverseEvents.recordChanges")}
        </Button>
      </Group>
    </Stack>
  );
}

function replaceAt<Row>(rows: readonly Row[], index: number, row: Row): Row[] {
  return rows.map((each, at) => (at === index ? row : each));
}

function isEmpty(fields: AdverseEventFields): boolean {
  return fields.reactions.length === 0 && fields.drugs.length === 0 && fields.narrative === null;
}

interface ReportStateProps {
  readonly report: Report;
}

function ReportState({ report }: ReportStateProps): ReactElement | null {
  const t = useT();
  const { recorded, eventId } = report.draft.content;
  if (report.state === "refused")
    return (
      <Notice tone="bad" role="alert">
        {t("adverseEvents.refused")}
      </Notice>
    );
  if (recorded !== null) {
    return (
      <Text size="sm" fw={600} role="status">
        {t("adverseEvents.recorded", { number: recorded.eventNumber })}
      </Text>
    );
  }
  if (eventId === null) return null;
  return (
    <Text size="sm" fw={600} role="status">
      {t("adverseEvents.kept")}
    </Text>
  );
}
