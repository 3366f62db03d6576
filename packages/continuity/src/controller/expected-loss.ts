import { createHmac, timingSafeEqual } from "node:crypto";
import { type Loss, lsnBytes, type Observation } from "@careline/continuity-core";
import { z } from "zod";
import { ContinuityError } from "../errors.ts";
import type { Missing } from "./loss-trail.ts";

/** What a forced failover would lose, as one controller can bound it. Null: unknown, which means "anything". */
export interface ExpectedLoss extends Loss {
  readonly bytes: number | null;
  /** Whether the standby has everything that was acknowledged as geo durable. */
  readonly geoComplete: boolean;
  /** Binds the figures to the person's order; valid for a minute. */
  readonly confirmation: string;
}

const VALID_MS = 60_000;

const figure = z.number().nullable();
const shownSchema = z.strictObject({
  atMs: z.number(),
  seconds: figure,
  rows: figure,
  openCalls: figure,
});

/** Confirmation tokens of one controller's life: nobody can order or approve a forced failover without having been shown a figure. */
export class LossConfirmations {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  expected(
    o: Observation,
    missing: Missing & { readonly openCalls: number | null },
    nowMs: number,
  ): ExpectedLoss {
    const figures = figuresOf(o, missing);
    const { seconds, rows, openCalls } = figures;
    return {
      ...figures,
      confirmation: this.#sign({ atMs: Math.floor(nowMs), seconds, rows, openCalls }),
    };
  }

  /** Answers what was shown. Errors: CONFIRMATION_MISSING unless this controller showed such figures within the last minute. */
  check(confirmation: string, nowMs: number): Loss {
    const [text = "", mac = ""] = confirmation.split(".");
    const expected = this.#mac(text);
    const given = Buffer.from(mac, "hex");
    const isOurs =
      mac.length === expected.length * 2 &&
      given.length === expected.length &&
      timingSafeEqual(given, expected);
    if (isOurs) {
      const raw: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
      const { atMs, ...shown } = shownSchema.parse(raw);
      const age = nowMs - atMs;
      if (age >= 0 && age <= VALID_MS) return shown;
    }
    throw new ContinuityError(
      "CONFIRMATION_MISSING",
      "ask this controller for the expected loss, then order or approve within a minute",
    );
  }

  #sign(shown: z.infer<typeof shownSchema>): string {
    const text = Buffer.from(JSON.stringify(shown), "utf8").toString("base64url");
    return `${text}.${this.#mac(text).toString("hex")}`;
  }

  #mac(text: string): Buffer {
    return createHmac("sha256", this.#secret).update(text).digest();
  }
}

function figuresOf(
  o: Observation,
  { ageMs, rows, openCalls }: Missing & { readonly openCalls: number | null },
): Omit<ExpectedLoss, "confirmation"> {
  const sync = o.quorum.view?.sync.record ?? null;
  const primary = o.quorum.view?.term.record?.primary;
  const standby = primary === "east" ? "west" : "east";
  const behind = o.quorum.sites[standby]?.record.postgres ?? null;
  const ahead = primary === undefined ? null : (o.quorum.sites[primary]?.record.postgres ?? null);
  const bytes =
    ahead?.lsn && behind?.lsn ? Math.max(0, lsnBytes(ahead.lsn) - lsnBytes(behind.lsn)) : null;
  const isRecorded = sync !== null && sync.standbyDataId !== null && behind !== null;
  const isSame = isRecorded && sync.standbyDataId === behind.dataId;
  const geoComplete =
    isSame &&
    behind.lsn !== null &&
    (sync.geoFloor === null || lsnBytes(behind.lsn) >= lsnBytes(sync.geoFloor));
  return {
    // Upwards, because it is a bound.
    seconds: ageMs === null ? null : Math.ceil(ageMs / 100) / 10,
    bytes,
    rows,
    openCalls,
    geoComplete,
  };
}
