/** Nobody. Numbers 555-0100 to 555-0199 are reserved for fiction (ATIS-0300115). */
export interface FictionalCaller {
  readonly name: string;
  readonly phone: string;
  readonly language: string;
}

const firstNames = [
  "Ada",
  "Bruno",
  "Carmen",
  "Dora",
  "Emil",
  "Flora",
  "Gus",
  "Hilda",
  "Ivo",
  "Juno",
];
const lastNames = ["Fictional", "Imaginary", "Pretend", "Madeup", "Nowhere"];

/** Fifty callers who do not exist; every fifth speaks Spanish. */
export const fictionalCallers: readonly FictionalCaller[] = Array.from(
  { length: 50 },
  (_, index) => ({
    name: `${firstNames[index % firstNames.length]} ${lastNames[Math.floor(index / firstNames.length)]}`,
    phone: `+1555555${String(100 + index).padStart(4, "0")}`,
    language: index % 5 === 4 ? "es" : "en",
  }),
);

/** Callees who always do the same when they are called back, for demonstrations and journeys; all others decide by chance. */
export const calleeHabits: Readonly<Record<string, "answers" | "voicemail" | "silent">> = {
  "+15555550196": "answers",
  "+15555550197": "voicemail",
  "+15555550198": "silent",
};
