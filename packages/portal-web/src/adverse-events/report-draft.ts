import type {
  AdverseEventFields,
  EventDrug,
  Reaction,
} from "@careline/portal-contract/adverse-events/schemas.ts";
import type { Call } from "@careline/portal-contract/calls/index.ts";
import { wordsOf } from "../api/index.ts";

/** A report as it grows on the screen. */
export interface ReportDraft {
  /** Null until the report was first recorded. */
  readonly eventId: string | null;
  /** When this desk first heard of it (day 0), and in which zone: the first key press. */
  readonly awareness: { readonly clientInstant: string; readonly zone: string } | null;
  readonly fields: AdverseEventFields;
  /** Number and version once the service has answered. */
  readonly recorded: { readonly eventNumber: string; readonly version: number } | null;
  /** Whether something changed since it was last recorded. */
  readonly isChanged: boolean;
}

/** What the desk already knows of a call, so that it is not typed twice. */
export interface KnownOfCall {
  readonly patientId: string | null;
  readonly callerName: string | null;
  readonly callerPhone: string | null;
  readonly relationship: NonNullable<Call["caller"]>["relationship"] | null;
}

export const emptyReport: ReportDraft = {
  eventId: null,
  awareness: null,
  fields: {
    patient: { patientId: null, initials: null, ageYears: null, ageGroup: null, sex: "unknown" },
    reporter: { type: null, name: null, contact: null },
    reactions: [],
    drugs: [],
    eventDate: null,
    narrative: null,
    followUpRequired: false,
  },
  recorded: null,
  isChanged: false,
};

export function isReportDraft(stored: unknown): stored is ReportDraft {
  return (
    typeof stored === "object" && stored !== null && "fields" in stored && "awareness" in stored
  );
}

const reporterOf: Partial<
  Record<NonNullable<KnownOfCall["relationship"]>, AdverseEventFields["reporter"]["type"]>
> = {
  self: "patient",
  physician: "physician",
  pharmacist: "pharmacist",
  nurse: "other_health_professional",
  other_health_professional: "other_health_professional",
  lawyer: "lawyer",
  parent: "consumer",
  spouse: "consumer",
  child: "consumer",
  guardian: "consumer",
  caregiver: "consumer",
  other: "other",
};

/** Fills fields that nobody has typed yet with what the call already tells; typed ones are never touched. */
export function withKnown(fields: AdverseEventFields, known: KnownOfCall): AdverseEventFields {
  const { patient, reporter } = fields;
  return {
    ...fields,
    patient: { ...patient, patientId: patient.patientId ?? known.patientId },
    reporter: {
      type:
        reporter.type ??
        (known.relationship === null ? null : (reporterOf[known.relationship] ?? null)),
      name: reporter.name ?? known.callerName,
      contact: reporter.contact ?? known.callerPhone,
    },
  };
}

export function aReaction(reactionId: string): Reaction {
  return {
    reactionId,
    verbatim: "",
    severity: null,
    seriousness: [],
    outcome: "unknown",
    startedOn: null,
    endedOn: null,
  };
}

export function aDrug(drugId: string): EventDrug {
  return {
    drugId,
    name: "",
    role: "suspect",
    dosage: null,
    route: null,
    indication: null,
    batchNumber: null,
    startedOn: null,
    endedOn: null,
    action: "unknown",
  };
}

/** The fields as they are sent: rows that nobody filled in are left out. */
export function fieldsToSend(fields: AdverseEventFields): AdverseEventFields {
  return {
    ...fields,
    reactions: fields.reactions.filter((reaction) => wordsOf(reaction.verbatim) !== ""),
    drugs: fields.drugs.filter((drug) => wordsOf(drug.name) !== ""),
  };
}
