import { useQueryClient } from "@tanstack/react-query";
import { announce } from "../announce/index.ts";
import { wordsOf } from "../api/index.ts";
import { useT } from "../i18n/index.ts";
import { keep, useDraft, useOutbox } from "../outbox/index.ts";
import {
  type CorrectionDraft,
  changesOf,
  isCorrectionDraft,
  noCorrection,
  waitingCorrection,
} from "./correction.ts";
import { type PatientCard, patientQuery } from "./patient-queries.ts";

export interface Correction {
  readonly draft: CorrectionDraft;
  readonly changes: ReturnType<typeof changesOf>;
  /** Whether one of this patient waits here, or was refused. */
  readonly waiting: ReturnType<typeof waitingCorrection>;
  readonly type: (typed: CorrectionDraft["typed"]) => void;
  readonly explain: (reason: string) => void;
  readonly save: () => void;
  readonly forget: () => void;
}

/** A correction of one patient's record beside a call: its draft survives lock and reload, its write a region's loss. */
export function useCorrection(
  callId: string,
  card: PatientCard,
  details: NonNullable<PatientCard["details"]>,
): Correction {
  const t = useT();
  const queryClient = useQueryClient();
  const { patientId } = card;
  const kept = useDraft(`patient:${callId}:${patientId}`, noCorrection, isCorrectionDraft);
  const { items } = useOutbox();
  const draft = kept.content;
  const changes = changesOf(card, details, draft.typed);
  const change = (part: Partial<CorrectionDraft>): void =>
    kept.change({ ...draft, version: draft.version ?? card.version, ...part });
  const save = (): void => {
    keep("updatePatient", {
      // In the order of the call's other writes: the call must not close before it.
      record: `call:${callId}`,
      params: { patientId },
      body: { reason: wordsOf(draft.reason), changes },
      version: draft.version ?? card.version,
    })
      .then((write) => {
        kept.clear();
        announce(t("patients.correctionKept"));
        return write.outcome(new AbortController().signal);
      })
      .then(() =>
        queryClient.invalidateQueries({ queryKey: patientQuery(callId, patientId).queryKey }),
      )
      .catch(() => announce(t("outbox.storageFull"), "assertive"));
  };
  return {
    draft,
    changes,
    waiting: waitingCorrection(patientId, items),
    type: (typed) => change({ typed: { ...draft.typed, ...typed } }),
    explain: (reason) => change({ reason }),
    save,
    forget: kept.clear,
  };
}
