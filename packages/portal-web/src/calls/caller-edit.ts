import { type Body, wordsOf } from "../api/index.ts";
import type { Call } from "./call.ts";

export type EditedCaller = Body<"putCaller">;
export type Relationship = EditedCaller["relationship"];
export type Authority = EditedCaller["authority"];
export type Representative = Extract<Authority, { kind: "representative" }>;

const professionals: readonly Relationship[] = [
  "physician",
  "pharmacist",
  "nurse",
  "other_health_professional",
];

/** Kinds of authority that somebody in this relationship can have; the first is what a choice of it begins with. */
export function authorityKinds(relationship: Relationship): readonly Authority["kind"][] {
  if (relationship === "self") return ["self"];
  if (relationship === "unknown") return ["none"];
  return professionals.includes(relationship)
    ? ["none", "treating_professional", "representative"]
    : ["none", "representative"];
}

/** The authority as it begins; nothing is assumed about how it was established. */
export function newAuthority(kind: Authority["kind"]): Authority {
  switch (kind) {
    case "none":
    case "self":
      return { kind };
    case "treating_professional":
      return { kind, verifiedBy: "" };
    case "representative":
      return { kind, verifiedBy: "document_on_file", scope: "scheduling", expiresOn: null };
  }
}

/** The caller in another relationship: an authority that it cannot have falls away. */
export function withRelationship(caller: EditedCaller, relationship: Relationship): EditedCaller {
  const kinds = authorityKinds(relationship);
  const [first = "none"] = kinds;
  const authority = kinds.includes(caller.authority.kind) ? caller.authority : newAuthority(first);
  return { ...caller, relationship, authority };
}

/** Whether the service would take it: a professional needs words about how it was established. */
export function isComplete({ authority }: EditedCaller): boolean {
  return authority.kind !== "treating_professional" || wordsOf(authority.verifiedBy).length >= 3;
}

const nothingSaid = { relationship: "unknown", authority: { kind: "none" } } as const;

/**
 * The caller as the service has them, towards one patient. What was said before any patient was chosen is shown for whoever is
 * opened; once it counts for a patient it says nothing about another one.
 */
export function callerOf(call: Pick<Call, "caller">, patientId: string | null): EditedCaller {
  const { caller } = call;
  if (caller === null) return { name: null, ...nothingSaid, safeContact: null, patientId };
  const { name, safeContact, standings } = caller;
  const known = standings.find((standing) => standing.patientId === patientId);
  const isAboutOthers = patientId !== null && standings.length > 0;
  const { relationship, authority } = known ?? (isAboutOthers ? nothingSaid : caller);
  return { name, relationship, authority, safeContact, patientId };
}

/**
 * What was typed, once `patientId` is on the screen: name and way to reach them stay; relationship and authority only where
 * they were typed about the same patient or before any was chosen.
 */
export function editFor(
  edited: EditedCaller | null,
  call: Pick<Call, "caller">,
  patientId: string | null,
): EditedCaller {
  const known = callerOf(call, patientId);
  if (edited === null) return known;
  const isAboutThem = (edited.patientId ?? null) === null || edited.patientId === patientId;
  const { name, safeContact } = edited;
  return isAboutThem ? { ...edited, patientId } : { ...known, name, safeContact };
}
