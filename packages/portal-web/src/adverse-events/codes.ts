import type {
  AdverseEventFields,
  EventDrug,
  Reaction,
} from "@careline/portal-contract/adverse-events/schemas.ts";

type Severity = NonNullable<Reaction["severity"]>;
type ReporterType = NonNullable<AdverseEventFields["reporter"]["type"]>;

/** Codes in the order in which the form offers them; a test holds them and the contract together. */
export const severities: readonly Severity[] = ["mild", "moderate", "severe", "life_threatening"];
export const outcomes: readonly Reaction["outcome"][] = [
  "recovered",
  "recovering",
  "not_recovered",
  "recovered_with_sequelae",
  "fatal",
  "unknown",
];
export const reporterTypes: readonly ReporterType[] = [
  "patient",
  "physician",
  "pharmacist",
  "other_health_professional",
  "lawyer",
  "consumer",
  "other",
];
export const seriousnessCriteria: readonly Reaction["seriousness"][number][] = [
  "death",
  "life_threatening",
  "hospitalisation",
  "disability",
  "congenital_anomaly",
  "other_medically_important",
];
export const drugRoles: readonly EventDrug["role"][] = ["suspect", "concomitant", "interacting"];
export const drugActions: readonly EventDrug["action"][] = [
  "withdrawn",
  "reduced",
  "increased",
  "unchanged",
  "unknown",
];
export const sexes: readonly AdverseEventFields["patient"]["sex"][] = [
  "female",
  "male",
  "other",
  "unknown",
];
