import { expect, it } from "vitest";
import type { Acknowledgement } from "./acknowledgement.ts";
import { overlappingTerms, termsGoingBack, termsWithTwoPrimaries } from "./invariants.ts";
import { clientOutages, worstOutage } from "./outage.ts";
import { comparePromises } from "./promises-kept.ts";

function anAck(more: Partial<Acknowledgement>): Acknowledgement {
  const receivedAtMs = more.receivedAtMs ?? 100;
  return {
    client: "agent-1",
    via: "front-door",
    operation: "addNote",
    key: "k1",
    isKeyed: true,
    durability: "geo",
    term: 1,
    lsn: "0/10",
    site: "east",
    sentAtMs: receivedAtMs - 5,
    receivedAtMs,
    ...more,
  };
}

const acksAt = (client: string, ...times: number[]): Acknowledgement[] =>
  times.map((receivedAtMs) => anAck({ client, receivedAtMs }));

it("measures from the last success before the fault to the first after it, per client", () => {
  const outages = clientOutages(
    [...acksAt("a", 800, 950, 3_000, 3_100), ...acksAt("b", 900, 990, 3_600, 3_700)],
    1_000,
    4_000,
  );
  expect(outages.map(({ client, outageMs }) => [client, outageMs])).toEqual([
    ["a", 2_050],
    ["b", 2_610],
  ]);
  expect(worstOutage(outages)?.client).toBe("b");
});

it("does not let an answer that was on its way shorten the outage", () => {
  const [outage] = clientOutages(acksAt("a", 900, 1_010, 3_000), 1_000, 4_000);
  expect(outage?.outageMs).toBe(1_990);
});

it("measures a planned pause that begins after it was asked for", () => {
  const [outage] = clientOutages(acksAt("a", 900, 1_050, 1_200, 1_900, 2_000), 1_000, 4_000);
  expect(outage?.outageMs).toBe(700);
});

it("leaves out a pause that begins after the client was served again", () => {
  const [outage] = clientOutages(acksAt("a", 900, 3_000, 9_000), 1_000, 4_000);
  expect(outage?.outageMs).toBe(2_100);
});

it("counts a client that never came back up to the end of the window, and says so", () => {
  const [outage] = clientOutages(acksAt("a", 800, 900), 1_000, 31_000);
  expect(outage).toMatchObject({ firstAfterMs: null, outageMs: 30_100 });
});

it("finds two regions that acknowledged at the same time", () => {
  const east = anAck({ term: 1, site: "east", sentAtMs: 210, receivedAtMs: 215 });
  const west = anAck({ term: 2, site: "west", sentAtMs: 195, receivedAtMs: 205 });
  expect(overlappingTerms([east, west])).toHaveLength(1);
});

it("accuses nobody when an answer of the old term merely arrived late", () => {
  const east = anAck({ term: 1, site: "east", sentAtMs: 190, receivedAtMs: 900 });
  const west = anAck({ term: 2, site: "west", sentAtMs: 195, receivedAtMs: 205 });
  expect(overlappingTerms([east, west])).toEqual([]);
});

it("leaves direct connections out of the front door's rule, and holds them to one primary a term", () => {
  const west = anAck({ term: 2, site: "west", sentAtMs: 195, receivedAtMs: 205 });
  const direct = anAck({ via: "east", term: 1, site: "east", sentAtMs: 210, receivedAtMs: 215 });
  expect(overlappingTerms([west, direct])).toEqual([]);
  expect(termsWithTwoPrimaries([west, direct])).toEqual([]);
  expect(termsWithTwoPrimaries([west, { ...direct, term: 2 }])).toHaveLength(1);
});

it("notices a client that was answered by an older term than before", () => {
  const newer = anAck({ term: 2, sentAtMs: 10, receivedAtMs: 20 });
  const older = anAck({ term: 1, sentAtMs: 30, receivedAtMs: 40 });
  expect(termsGoingBack([newer, older])).toHaveLength(1);
  expect(termsGoingBack([older, { ...newer, sentAtMs: 35, receivedAtMs: 45 }])).toEqual([]);
});

it("counts a write once however often it was answered, and geo if it ever was promised geo", () => {
  const kept = comparePromises(
    [
      anAck({ key: "a", durability: "single-region" }),
      anAck({ key: "a", durability: "geo" }),
      anAck({ key: "b", durability: "local" }),
      anAck({ key: "c", durability: "single-region" }),
      anAck({ key: "d", isKeyed: false }),
    ],
    new Set(["b"]),
    new Set(),
  );
  expect(kept.acknowledged).toEqual({ geo: 1, local: 2 });
  expect(kept.lost).toEqual({ geo: 1, local: 1 });
  expect(kept.lostKeys.map(({ key }) => key)).toEqual(["a", "c"]);
});

it("excuses a write of a pinned client that the old region's report lists, and no other", () => {
  const direct = { via: "east", durability: "local" } as const;
  const kept = comparePromises(
    [
      anAck({ key: "listed", ...direct }),
      anAck({ key: "unlisted", ...direct }),
      anAck({ key: "geo", ...direct, durability: "geo" }),
      anAck({ key: "both", ...direct }),
      anAck({ key: "both", durability: "local" }),
    ],
    new Set(),
    new Set(["listed", "geo", "both"]),
  );
  expect(kept.reported).toBe(1);
  expect(kept.lostKeys.map(({ key }) => key)).toEqual(["unlisted", "geo", "both"]);
});
