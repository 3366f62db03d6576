import type { HeaderName } from "@careline/portal-contract/headers.ts";

/** What an answer says about the service itself, beside its body. */
export interface AnswerSignals {
  readonly confirmed: string | null;
  readonly position: string | null;
  readonly durability: "geo" | "single-region" | "local" | null;
  readonly site: "east" | "west" | null;
  /** Seconds by which the data may be old; null = live data of the writable region. */
  readonly dataAgeSeconds: number | null;
  readonly version: number | null;
}

const names = {
  confirmed: "careline-confirmed",
  position: "careline-position",
  durability: "careline-durability",
  site: "careline-site",
  dataAge: "careline-data-age",
  etag: "etag",
} as const satisfies Record<string, HeaderName>;

/** Reads the portal's headers; what is missing or malformed is null, never guessed. */
export function signalsOf(headers: Headers): AnswerSignals {
  const site = headers.get(names.site);
  const durability = headers.get(names.durability);
  const age = headers.get(names.dataAge);
  const etag = /^(?:W\/)?"?(\d+)"?$/.exec(headers.get(names.etag) ?? "")?.[1];
  return {
    confirmed: headers.get(names.confirmed),
    position: headers.get(names.position),
    durability:
      durability === "geo" || durability === "single-region" || durability === "local"
        ? durability
        : null,
    site: site === "east" || site === "west" ? site : null,
    dataAgeSeconds: age === null || Number.isNaN(Number(age)) ? null : Number(age),
    version: etag === undefined ? null : Number(etag),
  };
}
