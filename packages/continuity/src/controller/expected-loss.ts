import { createHmac, timingSafeEqual } from "node:crypto";
import { lsnBytes, type Observation } from "@careline/continuity-core";
import { ContinuityError } from "../errors.ts";

/** What a forced failover would lose, as one controller can bound it. Null: unknown, which means "anything". */
export interface ExpectedLoss {
  readonly seconds: number | null;
  readonly bytes: number | null;
  /** Whether the standby has everything that was acknowledged as geo durable. */
  readonly geoComplete: boolean;
  /** Binds the figures to the person's order; valid for a minute. */
  readonly confirmation: string;
}

const VALID_MS = 60_000;

/** Confirmation tokens of one controller's life: nobody can order a forced failover without having been shown a figure. */
export class LossConfirmations {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  expected(o: Observation, nowMs: number): ExpectedLoss {
    const figures = figuresOf(o);
    return { ...figures, confirmation: this.#sign(figures, Math.floor(nowMs)) };
  }

  /** Errors: CONFIRMATION_MISSING unless this controller showed such a figure within the last minute. */
  check(confirmation: string, nowMs: number): void {
    const [at = "", lossMs = "", mac = ""] = confirmation.split(".");
    const age = nowMs - Number(at);
    const expected = this.#mac(`${at}.${lossMs}`);
    const given = Buffer.from(mac, "hex");
    const isOurs =
      mac.length === expected.length * 2 &&
      given.length === expected.length &&
      timingSafeEqual(given, expected);
    if (isOurs && age >= 0 && age <= VALID_MS) return;
    throw new ContinuityError(
      "CONFIRMATION_MISSING",
      "ask this controller for the expected loss, then order within a minute",
    );
  }

  #sign(figures: Omit<ExpectedLoss, "confirmation">, at: number): string {
    const lossMs = figures.seconds === null ? "unknown" : Math.round(figures.seconds * 1_000);
    const text = `${at}.${lossMs}`;
    return `${text}.${this.#mac(text).toString("hex")}`;
  }

  #mac(text: string): Buffer {
    return createHmac("sha256", this.#secret).update(text).digest();
  }
}

function figuresOf(o: Observation): Omit<ExpectedLoss, "confirmation"> {
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
  const lossMs = o.estimatedLossMs ?? (ahead !== null && bytes === 0 ? ageOf(o, primary) : null);
  return {
    seconds: lossMs === null ? null : Math.round(lossMs / 10) / 100,
    bytes,
    geoComplete,
  };
}

function ageOf(o: Observation, primary: "east" | "west" | undefined): number | null {
  return primary === undefined ? null : (o.quorum.sites[primary]?.ageMs ?? null);
}
