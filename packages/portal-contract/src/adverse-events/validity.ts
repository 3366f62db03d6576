import type { AdverseEventFields, Validity } from "./schemas.ts";

const isGiven = (text: string | null): boolean => text !== null && text.trim() !== "";

/**
 * The four criteria of a valid report: identifiable patient, identifiable reporter, a reaction, a
 * suspect product (ICH E2D section 4.1). The same function moves the meter on the screen and
 * decides on the server.
 */
export function assessValidity(fields: AdverseEventFields): Validity {
  const { patient, reporter } = fields;
  const met = {
    patient:
      patient.patientId !== null ||
      isGiven(patient.initials) ||
      patient.ageYears !== null ||
      patient.ageGroup !== null ||
      patient.sex === "female" ||
      patient.sex === "male",
    // A qualification alone identifies a reporter only together with a name or a way to reach them.
    reporter: isGiven(reporter.name) || isGiven(reporter.contact),
    reaction: fields.reactions.some((reaction) => isGiven(reaction.verbatim)),
    drug: fields.drugs.some((drug) => drug.role !== "concomitant" && isGiven(drug.name)),
  };
  return { ...met, isValid: met.patient && met.reporter && met.reaction && met.drug };
}

/** Seriousness belongs to the reaction; a case is serious when one of its reactions is. */
export function isSeriousCase(fields: Pick<AdverseEventFields, "reactions">): boolean {
  return fields.reactions.some((reaction) => reaction.seriousness.length > 0);
}
