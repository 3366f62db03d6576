import type { SearchPatientsBody } from "@careline/portal-contract/patients/index.ts";
import { wordsOf } from "../api/index.ts";

const nameLengthMax = 100;

/**
 * What a single line of search means: a date (1980-02-28) is a birth date, an address with @ an e-mail, seven or
 * more digits a phone number, letters with digits a record number, anything else the beginning of a last name
 * ("last, first"). Null while there is too little to search by.
 */
export function searchOf(line: string): SearchPatientsBody | null {
  const text = wordsOf(line);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text))
    return isDay(text) ? { by: "birth_date", dateOfBirth: text } : null;
  if (text.includes("@"))
    return text.length < 3 || text.length > 255 ? null : { by: "email", email: text };
  if (/^\+?[\d\s().-]{7,20}$/.test(text) && text.replace(/\D/g, "").length >= 7)
    return { by: "phone", phone: text };
  if (/^(?=.*\d)[\p{L}\d-]{3,50}$/u.test(text)) return { by: "mrn", mrn: text };
  // Nobody's name is longer; the beginning of a paste is searched for.
  const [lastName = "", firstName = ""] = text
    .split(",")
    .map((part) => part.trim().slice(0, nameLengthMax).trim());
  if (lastName.length < 2) return null;
  return firstName === "" ? { by: "name", lastName } : { by: "name", lastName, firstName };
}

/** Whether the calendar has this day: 1980-02-30 is none. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
