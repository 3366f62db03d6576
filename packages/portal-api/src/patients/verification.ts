import type { IdentifierKind } from "@careline/portal-contract/patients/schemas.ts";

/** Wrong answers on one call about one patient after which verification stops. */
export const wrongAnswersMax = 5;
/** Identifiers that must match before protected data shows. */
export const identifiersNeeded = 2;

export interface Comparison {
  readonly kind: IdentifierKind;
  readonly matches: boolean;
}

export interface VerificationRecord {
  readonly wrongAnswers: number;
  readonly identifiers: readonly IdentifierKind[];
  readonly isVerified: boolean;
}

/**
 * The record after one more round of comparisons. Matches of earlier rounds on the same call count;
 * a wrong answer never takes one away. The record number is on the card already and does not count.
 */
export function addComparisons(
  record: VerificationRecord,
  comparisons: readonly Comparison[],
): VerificationRecord {
  const matched = comparisons.filter((one) => one.matches && one.kind !== "mrn");
  const identifiers = [...new Set([...record.identifiers, ...matched.map((one) => one.kind)])];
  const wrongAnswers = record.wrongAnswers + comparisons.filter((one) => !one.matches).length;
  return {
    wrongAnswers,
    identifiers,
    isVerified: record.isVerified || identifiers.length >= identifiersNeeded,
  };
}
