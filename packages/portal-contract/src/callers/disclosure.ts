import { z } from "zod";
import type { Authority, CallerRelationship } from "./schemas.ts";

/** What of a patient's record may be spoken about with the caller. */
export const disclosureScopes = ["all", "medical", "billing", "scheduling", "none"] as const;
export const disclosureScopeSchema = z.enum(disclosureScopes);
export type DisclosureScope = z.infer<typeof disclosureScopeSchema>;

export const disclosureReasons = [
  /** Nobody proved yet that the call is about this patient. */
  "unverified",
  /** Opened for a task or with a reason: nobody is on the line who could be told. */
  "no_caller",
  /** Two identifiers match, and nobody said yet who is on the line for this patient. */
  "caller_unknown",
  "patient",
  "treating_professional",
  "representative",
  /** Somebody else, and nothing gives them a right to hear about the patient. */
  "no_authority",
  /** A representative whose authority has ended. */
  "expired",
] as const;

export const withholdableFields = ["ssn", "insuranceProvider", "insurancePolicyNumber"] as const;
export type WithholdableField = (typeof withholdableFields)[number];

export const disclosureSchema = z.strictObject({
  scope: disclosureScopeSchema,
  because: z.enum(disclosureReasons),
  /** Last day of a representative's authority. */
  until: z.iso.date().nullable(),
  /** Details that the record may hold and that are not given out within this scope. */
  withheld: z.array(z.enum(withholdableFields)),
});
export type Disclosure = z.infer<typeof disclosureSchema>;

/** Minimum necessary (45 CFR 164.502(b)): insurance only where billing is meant, social security only with full authority. */
const withheldBy: Readonly<Record<DisclosureScope, readonly WithholdableField[]>> = {
  all: [],
  billing: ["ssn"],
  medical: withholdableFields,
  scheduling: withholdableFields,
  none: withholdableFields,
};

export function disclosure(
  scope: DisclosureScope,
  because: Disclosure["because"],
  until: string | null = null,
): Disclosure {
  return { scope, because, until, withheld: [...withheldBy[scope]] };
}

/**
 * What may be said about a patient of whom two identifiers were verified, to the caller who has this standing towards them. `today`
 * is a UTC day. Knowing two identifiers makes nobody the patient: somebody has to say who is calling (45 CFR 164.514(h)). A representative
 * hears what the authority covers while it holds; a treating professional medical matters (45 CFR 164.506(c)); anybody else
 * who is not the patient hears nothing of the record, and may still report.
 */
export function disclosureTo(
  standing: { readonly relationship: CallerRelationship; readonly authority: Authority } | null,
  today: string,
): Disclosure {
  if (standing === null || standing.relationship === "unknown")
    return disclosure("none", "caller_unknown");
  if (standing.relationship === "self") return disclosure("all", "patient");
  const { authority } = standing;
  switch (authority.kind) {
    case "treating_professional":
      return disclosure("medical", "treating_professional");
    case "representative":
      return authority.expiresOn !== null && authority.expiresOn < today
        ? disclosure("none", "expired", authority.expiresOn)
        : disclosure(authority.scope, "representative", authority.expiresOn);
    case "none":
    case "self":
      return disclosure("none", "no_authority");
  }
}
