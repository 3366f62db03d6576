import type { Observation } from "@careline/continuity-core";
import { expect, it } from "vitest";
import { LossConfirmations } from "./expected-loss.ts";

const dataId = "2f0f5b2e-8f0a-4b53-9f6c-111111111111";

/** An observation of a standby that has flushed up to `flushed`. */
function anObservation(parts: {
  readonly flushed: string;
  readonly geoFloor: string | null;
  readonly standbyDataId?: string;
}): Observation {
  const postgres = (state: string, lsn: string) => ({
    state,
    dataId,
    timeline: 1,
    lsn,
    replayDelayMs: 0,
  });
  const site = (record: object) => ({ record, ageMs: 400 });
  return {
    quorum: {
      view: {
        term: { record: { primary: "east" }, revision: 1 },
        sync: {
          record: { standbyDataId: parts.standbyDataId ?? dataId, geoFloor: parts.geoFloor },
          revision: 1,
        },
      },
      sites: {
        east: site({ postgres: postgres("primary", "0/3000100") }),
        west: site({ postgres: postgres("standby", parts.flushed) }),
      },
    },
  } as unknown as Observation;
}

const missing = { ageMs: 3_170, rows: 41, openCalls: 12 };
const confirmations = (): LossConfirmations => new LossConfirmations(new Uint8Array(32).fill(7));

it("bounds the loss in seconds, rows, bytes and open calls, and says whether geo writes are complete", () => {
  const o = anObservation({ flushed: "0/3000000", geoFloor: "0/2000000" });
  expect(confirmations().expected(o, missing, 1_000)).toMatchObject({
    seconds: 3.2,
    rows: 41,
    openCalls: 12,
    bytes: 256,
    geoComplete: true,
  });
});

it("says unknown where nobody knows", () => {
  const o = anObservation({ flushed: "0/3000000", geoFloor: null });
  const unknown = { ageMs: null, rows: null, openCalls: null };
  const loss = confirmations().expected(o, unknown, 1_000);
  expect(loss).toMatchObject({ seconds: null, rows: null, openCalls: null });
  const ours = confirmations();
  expect(ours.check(ours.expected(o, unknown, 0).confirmation, 0)).toEqual({
    seconds: null,
    rows: null,
    openCalls: null,
  });
});

it("does not call geo writes complete below the floor, nor for data that was never recorded", () => {
  const below = anObservation({ flushed: "0/3000000", geoFloor: "0/3000080" });
  expect(confirmations().expected(below, missing, 0).geoComplete).toBe(false);
  const other = anObservation({ flushed: "0/3000000", geoFloor: null, standbyDataId: "another" });
  expect(confirmations().expected(other, missing, 0).geoComplete).toBe(false);
});

it("takes a confirmation that it gave, for a minute, and no other", () => {
  const ours = confirmations();
  const { confirmation } = ours.expected(
    anObservation({ flushed: "0/3000000", geoFloor: null }),
    missing,
    5_000,
  );
  expect(ours.check(confirmation, 64_000)).toEqual({ seconds: 3.2, rows: 41, openCalls: 12 });
  expect(() => ours.check(confirmation, 65_001)).toThrow(/expected loss/);
  expect(() => ours.check(`${confirmation}0`, 6_000)).toThrow();
  expect(() => ours.check("", 6_000)).toThrow();
  const stranger = new LossConfirmations(new Uint8Array(32).fill(8));
  expect(() => stranger.check(confirmation, 6_000)).toThrow();
});
