import { expect, it } from "vitest";
import { dataAgeMs } from "./data-age.ts";

const standby = { isStandby: true, isReceiving: false, replayedAgoMs: 2_500 };

it("labels a standby's data with the time since the last replayed commit", () => {
  expect(dataAgeMs(standby, null)).toBe(2_500);
  expect(dataAgeMs({ ...standby, replayedAgoMs: -3 }, null)).toBe(0);
});

it("is no emergency while the standby receives from a living primary", () => {
  expect(() => dataAgeMs({ ...standby, isReceiving: true }, null)).toThrow(
    expect.objectContaining({ code: "NOT_PRIMARY" }),
  );
});

it("shows nothing whose age is unknown", () => {
  expect(() => dataAgeMs({ ...standby, replayedAgoMs: null }, null)).toThrow(
    expect.objectContaining({ code: "READ_UNAVAILABLE" }),
  );
  expect(() => dataAgeMs({ ...standby, isStandby: false }, null)).toThrow(
    expect.objectContaining({ code: "READ_UNAVAILABLE" }),
  );
});

it("labels a fenced primary's data with the time since it lost its permit", () => {
  expect(dataAgeMs({ isStandby: false, isReceiving: false, replayedAgoMs: null }, 900)).toBe(900);
});
