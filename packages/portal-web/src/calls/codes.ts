import type {
  Authority,
  callerRelationshipSchema,
} from "@careline/portal-contract/callers/index.ts";
import type {
  CallReason,
  NoteType,
  ScreenQuestion,
} from "@careline/portal-contract/calls/index.ts";

type Representative = Extract<Authority, { kind: "representative" }>;
type Relationship = (typeof callerRelationshipSchema)["options"][number];

/** Codes in the order in which the screens offer them; a test holds them and the contract together. */
export const noteTypes: readonly NoteType[] = [
  "general",
  "medical",
  "billing",
  "compliance",
  "escalation",
];
export const callReasons: readonly CallReason[] = [
  "appointment",
  "billing",
  "medical_records",
  "adverse_event",
  "general",
];
export const screenQuestions: readonly ScreenQuestion[] = [
  "adverse_event",
  "product_complaint",
  "pregnancy",
  "medication_error",
  "lack_of_effect",
];
export const relationships: readonly Relationship[] = [
  "self",
  "parent",
  "spouse",
  "child",
  "guardian",
  "caregiver",
  "physician",
  "pharmacist",
  "nurse",
  "other_health_professional",
  "lawyer",
  "other",
  "unknown",
];
export const waysToVerify: readonly Representative["verifiedBy"][] = [
  "document_on_file",
  "verbal_consent",
  "court_order",
  "call_back",
];
/** The narrowest first: that is what a choice begins with. */
export const authorityScopes: readonly Representative["scope"][] = [
  "scheduling",
  "billing",
  "medical",
  "all",
];
