/**
 * What names are searched by: lower case, no accents, letters and digits only, words apart by one
 * space. "Núñez-O'Brien" and "nunez obrien" find each other. At most 100 characters, as the column.
 */
export function nameKey(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/['’]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .slice(0, 100);
}

/** What phone numbers are searched by: the last ten digits; null when there are fewer than seven. */
export function phoneKey(phone: string): string | null {
  const digits = phone.replace(/\D/g, "");
  return digits.length < 7 ? null : digits.slice(-10);
}

/** What the blind index of an SSN's last four digits is made of: bound to the patient, so that equal digits of two patients do not show. */
export function ssnLastFourKey(patientId: string, lastFour: string): string {
  return `${patientId}:${lastFour}`;
}
