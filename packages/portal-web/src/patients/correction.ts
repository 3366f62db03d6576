import type { OutboxItem } from "@careline/outbox";
import { type Body, wordsOf } from "../api/index.ts";
import type { PatientCard } from "./patient-queries.ts";

type Changes = Body<"updatePatient">["changes"];
export type DemographicField = Extract<keyof Changes, string>;
type Details = NonNullable<PatientCard["details"]>;

/** What is typed into the form; a field that is not in it shows what the record has. */
export interface CorrectionDraft {
  readonly typed: Readonly<Partial<Record<DemographicField, string>>>;
  readonly reason: string;
  /** Version that the person saw when they began. */
  readonly version: number | null;
}

export const noCorrection: CorrectionDraft = { typed: {}, reason: "", version: null };
export const reasonLengthMin = 10;

export function isCorrectionDraft(stored: unknown): stored is CorrectionDraft {
  return typeof stored === "object" && stored !== null && "typed" in stored && "reason" in stored;
}

/** Fields whose stored value nobody sees: empty means that it stays. */
const maskedFields: readonly DemographicField[] = ["email", "phone"];

/** What the record has in each field, as it is typed; empty where it is masked. */
export function recorded(card: PatientCard, details: Details, field: DemographicField): string {
  if (maskedFields.includes(field)) return "";
  if (field === "firstName" || field === "lastName" || field === "preferredLanguage")
    return card[field] ?? "";
  return details[field] ?? "";
}

/** The fields that differ from the record, in the contract's shape; null for what was emptied. */
export function changesOf(
  card: PatientCard,
  details: Details,
  typed: CorrectionDraft["typed"],
): Changes {
  const changes: Partial<Record<DemographicField, string | null>> = {};
  for (const [name, text] of Object.entries(typed)) {
    const field = name as DemographicField;
    const value = field === "state" ? wordsOf(text).toUpperCase() : wordsOf(text);
    if (value === recorded(card, details, field)) continue;
    const isName = field === "firstName" || field === "lastName";
    changes[field] = value === "" && !isName ? null : value;
  }
  return changes as Changes;
}

/** Whether it can be sent: something differs, a state has two letters, a number enough digits, and there is a reason. */
export function canBeSent(changes: Changes, reason: string): boolean {
  const { state, phone } = changes;
  return (
    Object.keys(changes).length > 0 &&
    (state === undefined || state === null || /^[A-Z]{2}$/.test(state)) &&
    (phone === undefined || phone === null || phone.replace(/\D/g, "").length >= 7) &&
    wordsOf(reason).length >= reasonLengthMin
  );
}

/** What became of corrections of this patient that were made on this computer; null when none waits. */
export function waitingCorrection(
  patientId: string,
  items: readonly OutboxItem[],
): "waits" | "refused" | null {
  const own = items.filter(
    ({ write }) => write?.method === "PATCH" && write.path === `/api/patients/${patientId}`,
  );
  if (own.some(({ state }) => state.kind === "conflict")) return "refused";
  return own.some(({ state }) => state.kind === "queued" || state.kind === "sending")
    ? "waits"
    : null;
}
