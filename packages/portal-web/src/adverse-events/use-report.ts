import type {
  AdverseEvent,
  AdverseEventFields,
} from "@careline/portal-contract/adverse-events/schemas.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { announce } from "../announce/index.ts";
import { browserClock } from "../clock/index.ts";
import { useT } from "../i18n/index.ts";
import { type Draft, keep, newRecordId, useDraft } from "../outbox/index.ts";
import {
  emptyReport,
  fieldsToSend,
  isReportDraft,
  type KnownOfCall,
  type ReportDraft,
  withKnown,
} from "./report-draft.ts";

export interface Report {
  readonly draft: Draft<ReportDraft>;
  readonly fields: AdverseEventFields;
  readonly change: (part: Partial<AdverseEventFields>) => void;
  /** Keeps the report on this computer and sends it; later calls send what changed. */
  readonly record: (callId: string) => void;
  readonly state: "editing" | "sending" | "refused";
  readonly startAnother: () => void;
  /** Grows with each report begun at this place. */
  readonly generation: number;
}

/** One adverse-event report beside a call: drafted, recorded, amended. */
export function useReport(name: string, known: KnownOfCall): Report {
  const t = useT();
  const queryClient = useQueryClient();
  const draft = useDraft(name, emptyReport, isReportDraft);
  const [state, setState] = useState<Report["state"]>("editing");
  const [generation, setGeneration] = useState(1);
  const fields = withKnown(draft.content.fields, known);

  const change = (part: Partial<AdverseEventFields>): void =>
    draft.change({
      ...draft.content,
      awareness: draft.content.awareness ?? now(),
      fields: { ...fields, ...part },
      isChanged: true,
    });

  const record = (callId: string): void => {
    const { content } = draft;
    const eventId = content.eventId ?? newRecordId();
    const awareness = content.awareness ?? now();
    const body = fieldsToSend(fields);
    const kept =
      content.eventId === null
        ? keep("createAdverseEvent", {
            record: `adverse-event:${eventId}`,
            body: { ...body, eventId, callId, awareness },
          })
        : keep("updateAdverseEvent", {
            record: `adverse-event:${eventId}`,
            params: { eventId },
            body,
            version: content.recorded?.version ?? 1,
            followsPrevious: true,
          });
    const sent: ReportDraft = { ...content, eventId, awareness, fields, isChanged: false };
    draft.change(sent);
    setState("sending");
    kept
      .then((write) => {
        announce(t("adverseEvents.kept"));
        return write.outcome(new AbortController().signal);
      })
      .then((outcome) => {
        if (outcome.kind !== "acknowledged") {
          setState("refused");
          return;
        }
        // The service's answer, in the contract's shape.
        const { eventNumber, version } = outcome.answer.body as AdverseEvent;
        draft.change({ ...sent, recorded: { eventNumber, version } });
        setState("editing");
        announce(t("adverseEvents.recorded", { number: eventNumber }));
        queryClient.invalidateQueries({ queryKey: ["current-calls"] }).catch(() => {});
      })
      .catch(() => setState("refused"));
  };

  const startAnother = (): void => {
    draft.clear();
    setGeneration((count) => count + 1);
    setState("editing");
  };
  return { draft, fields, change, record, state, startAnother, generation };
}

function now(): NonNullable<ReportDraft["awareness"]> {
  return {
    clientInstant: browserClock.wallNow().toISOString(),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}
