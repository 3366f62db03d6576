import { routes } from "@careline/portal-contract";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Session } from "../serving/index.ts";
import { type StageHouse, startStageHouse } from "../testing/domain-stage.ts";
import { type ExchangeStage, openExchangeStage } from "../testing/exchange-stage.ts";
import { lookEachMs, SilentDesks, silentAfterMs } from "./silent-desks.ts";
import { silentDesksTurn } from "./silent-desks-loop.ts";

let house: StageHouse;
let desk: ExchangeStage;
let ada: Session;
let ben: Session;
const never = new AbortController().signal;

beforeAll(async () => {
  house = await startStageHouse();
});
afterAll(() => house.stop());
beforeEach(async () => {
  desk = await openExchangeStage(house);
  ({ ada, ben } = desk);
});
afterEach(() => desk.stage.close());

const presenceOf = async (who: Session) =>
  (await desk.stage.ask(routes.readOwnProfile, who)).body.presence;

/** Looks until a silent desk is found; ben's desk gives signs, ada's gave its last before. */
async function lookOn(): Promise<void> {
  const { services, clock } = desk.stage;
  const desks = new SilentDesks();
  for (let ms = 0; ms <= silentAfterMs + lookEachMs; ms += lookEachMs) {
    const newest = new Map([
      [ada.agentId, "the last one"],
      [ben.agentId, `sign ${ms}`],
    ]);
    await silentDesksTurn(
      { ...services, signs: { read: () => Promise.resolve(newest) } },
      desks,
      never,
    );
    clock.advance(lookEachMs);
  }
}

it("goes offline, so that the next caller rings at a colleague who listens", async () => {
  await desk.goAvailable(ada);
  await desk.goAvailable(ben);
  await lookOn();
  expect(await presenceOf(ada)).toMatchObject({ state: "offline", reason: "connection_lost" });
  expect(await presenceOf(ben)).toMatchObject({ state: "available" });
  await desk.tell(desk.anArrival("p1"));
  await desk.turn();
  expect((await desk.current(ben)).offer).not.toBeNull();
  expect((await desk.current(ada)).offer).toBeNull();
});

it("keeps a call that is under way: whose desk went silent on it stays on it", async () => {
  const callId = await desk.connected(ada);
  await lookOn();
  expect(await presenceOf(ada)).toMatchObject({ state: "on_call", callId });
});
