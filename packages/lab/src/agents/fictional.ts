import type { Random } from "@careline/platform";
import type { BodyOf, routes } from "@careline/portal-contract";

/** What agents type. Nobody here exists; no text describes a person. */
const sentences = [
  "Caller asks about the storage temperature of the sample product.",
  "Explained the leaflet, section four; caller understood.",
  "Caller reports that the demonstration tablet was taken with food.",
  "Sends the empty demonstration package back by mail.",
  "Will call again next week with the demonstration batch number.",
] as const;

export const searchPrefixes = ["an", "be", "co", "de", "ma", "sa", "te", "wi"] as const;

export function oneOf<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[Math.floor(random.next() * items.length)];
}

export function aText(sentenceCount: number, random: Random): string {
  return Array.from({ length: sentenceCount }, () => oneOf(sentences, random) ?? "").join(" ");
}

/** A report that meets all four criteria of validity. */
export function anAdverseEvent(
  parts: {
    readonly eventId: string;
    readonly callId: string;
    readonly patientId: string | null;
    readonly heardAt: Date;
  },
  random: Random,
): BodyOf<typeof routes.createAdverseEvent> {
  return {
    eventId: parts.eventId,
    callId: parts.callId,
    awareness: { clientInstant: parts.heardAt.toISOString(), zone: "America/New_York" },
    patient: {
      patientId: parts.patientId,
      initials: "X.Y.",
      ageYears: 20 + Math.floor(random.next() * 60),
      ageGroup: "adult",
      sex: "unknown",
    },
    reporter: { type: "consumer", name: "Demonstration caller", contact: null },
    reactions: [
      {
        reactionId: random.uuid(),
        verbatim: "demonstration rash on the left arm",
        severity: "mild",
        seriousness: [],
        outcome: "recovering",
        startedOn: null,
        endedOn: null,
      },
    ],
    drugs: [
      {
        drugId: random.uuid(),
        name: "Demonstrazol 10 mg",
        role: "suspect",
        dosage: "one a day",
        route: "oral",
        indication: null,
        batchNumber: null,
        startedOn: null,
        endedOn: null,
        action: "unchanged",
      },
    ],
    eventDate: null,
    narrative: aText(2, random),
    followUpRequired: false,
  };
}
