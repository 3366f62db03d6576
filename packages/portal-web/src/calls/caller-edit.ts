import type { Body } from "../api/index.ts";
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
  return authority.kind !== "treating_professional" || authority.verifiedBy.trim().length >= 3;
}

export function callerOf(call: Pick<Call, "caller">): EditedCaller {
  const { caller } = call;
  if (caller === null)
    return { name: null, relationship: "unknown", authority: { kind: "none" }, safeContact: null };
  const { name, relationship, authority, safeContact } = caller;
  return { name, relationship, authority, safeContact };
}
