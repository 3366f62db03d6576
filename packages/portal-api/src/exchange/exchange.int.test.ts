import { routes } from "@careline/portal-contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Session } from "../serving/index.ts";
import { type StageHouse, startStageHouse } from "../testing/domain-stage.ts";
import { type ExchangeStage, openExchangeStage } from "../testing/exchange-stage.ts";

let house: StageHouse;
let desk: ExchangeStage;
let stage: ExchangeStage["stage"];
let provider: ExchangeStage["provider"];
let ada: Session;
let ben: Session;

beforeAll(async () => {
  house = await startStageHouse();
});
afterAll(() => house.stop());
beforeEach(async () => {
  desk = await openExchangeStage(house);
  ({ stage, provider, ada, ben } = desk);
});
afterEach(() => stage.close());

describe("a call's way through the exchange", () => {
  it("rings at a free agent, is answered, and the carrier is told to connect them [HCC-RED-09]", async () => {
    const callId = await desk.ringing(ada);
    const answer = await stage.ask(routes.answerCall, ada, { params: { callId }, body: {} });
    expect(answer.body).toMatchObject({
      state: "connected",
      agentId: ada.agentId,
      callerPhoneNumber: "+15555550100",
    });
    await desk.turn();
    expect(provider.commands).toEqual([
      { id: "p1", command: { kind: "connect", agentId: ada.agentId } },
    ]);
    const profile = await stage.ask(routes.readOwnProfile, ada);
    expect(profile.body.presence).toMatchObject({ state: "on_call", callId });
  });
  it("tells the ringing agent and nobody else", async () => {
    await desk.ringing(ada);
    const offers = stage.events.filter((event) => event.kind === "offer");
    expect(offers).toHaveLength(1);
    expect(offers[0]?.audience).toEqual({ agents: [ada.agentId] });
    expect(offers[0]?.data).toMatchObject({
      queueName: "Safety reporting",
      origin: "queue",
      offer: { outcome: null },
    });
    await expect(desk.current(ben)).resolves.toEqual({ offer: null, calls: [] });
  });
  it("is answered twice by a replay and connected once", async () => {
    const callId = await desk.ringing(ada);
    await stage.ask(routes.answerCall, ada, { params: { callId }, body: {} });
    const again = await stage.ask(routes.answerCall, ada, { params: { callId }, body: {} });
    expect(again.body.state).toBe("connected");
    await desk.turn();
    expect(provider.commands).toHaveLength(1);
  });
  it("cannot be answered by a colleague: for them it does not exist [HCC-SEC-06]", async () => {
    const callId = await desk.ringing(ada);
    await expect(
      stage.ask(routes.answerCall, ben, { params: { callId }, body: {} }),
    ).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
  it("goes on hold and back, and not into a state that makes no sense", async () => {
    const callId = await desk.connected(ada);
    const params = { callId };
    expect((await stage.ask(routes.holdCall, ada, { params, body: {} })).body.state).toBe("held");
    expect((await stage.ask(routes.resumeCall, ada, { params, body: {} })).body.state).toBe(
      "connected",
    );
    await stage.ask(routes.hangUpCall, ada, { params, body: {} });
    await expect(stage.ask(routes.holdCall, ada, { params, body: {} })).rejects.toMatchObject({
      code: "CALL_STATE_CONFLICT",
    });
    await desk.turn();
    expect(provider.commands.map((one) => one.command.kind)).toEqual([
      "connect",
      "hold",
      "resume",
      "hang_up",
    ]);
  });
  it("is offered to the next one when it is not answered, and the agent learns why", async () => {
    const callId = await desk.ringing(ada);
    await desk.goAvailable(ben);
    stage.clock.advance(21_000);
    await stage.owner`update portal.call_offers set expires_at = now() - interval '1 second'`;
    await desk.turn();
    expect((await stage.ask(routes.readOwnProfile, ada)).body.presence).toMatchObject({
      state: "on_break",
      reason: "missed_offer",
    });
    const missed = (await stage.ask(routes.listMissedOffers, ada)).body.items;
    expect(missed).toMatchObject([
      { callId, outcome: "missed", because: "timed_out", queueName: "Safety reporting" },
    ]);
    expect((await desk.current(ben)).offer).toMatchObject({ callId });
  });
  it("goes back to its place when an agent declines, who is not asked again", async () => {
    const callId = await desk.ringing(ada);
    const offerId = (await desk.current(ada)).offer?.offerId;
    const params = { offerId };
    await expect(
      stage.ask(routes.declineOffer, ben, { params, body: { reason: "other" } }),
    ).rejects.toMatchObject({ code: "OFFER_ENDED" });
    await stage.ask(routes.declineOffer, ada, { params, body: { reason: "language" } });
    await desk.turn();
    await desk.turn();
    expect((await desk.callRow(callId)).state).toBe("offered");
    expect((await desk.current(ada)).offer).toBeNull();
  });
  it("keeps the order of the queue: the longest waiting caller first", async () => {
    await desk.tell(desk.anArrival("first"));
    stage.clock.advance(1_000);
    await desk.tell(desk.anArrival("second"), desk.anArrival("urgent", { priority: 1 }));
    await desk.goAvailable(ada);
    await desk.turn();
    const rows = await stage.owner`
      select provider_call_id from portal.call_logs where state = 'ringing'`;
    expect(rows).toEqual([{ provider_call_id: "urgent" }]);
    await desk.goAvailable(ben);
    await desk.turn();
    const both = await stage.owner`
      select provider_call_id from portal.call_logs where state = 'ringing' order by 1`;
    expect(both.map((row) => row.provider_call_id)).toEqual(["first", "urgent"]);
  });
});

describe("an agent who left without going offline", () => {
  const backdate = (who: Session) =>
    stage.owner`update portal.agent_presence set since = now() - interval '31 seconds' where agent_id = ${who.agentId}`;
  it("is offered nothing: the callers go to who is signed in", async () => {
    await stage.owner`
      insert into portal.sessions (session_id, token_hash, agent_id, signed_in_at, signed_in_region, expires_at, factors)
      values (gen_random_uuid(), sha256('ben'), ${ben.agentId}, now(), 'east', now() + interval '1 hour', 'pwd otp')`;
    await desk.goAvailable(ada);
    await desk.goAvailable(ben);
    await backdate(ada);
    await backdate(ben);
    await desk.tell(desk.anArrival("p1"));
    expect((await stage.ask(routes.readOwnProfile, ada)).body.presence).toMatchObject({
      state: "offline",
      reason: "connection_lost",
    });
    expect((await desk.current(ben)).offer).not.toBeNull();
  });
});

describe("handing a caller over", () => {
  it("blind: the colleague is offered a new record, the first agent wraps up as transferred", async () => {
    const callId = await desk.connected(ada);
    await desk.goAvailable(ben);
    const params = { callId };
    const answer = await stage.ask(routes.transferCall, ada, {
      params,
      body: { kind: "blind", toAgentId: ben.agentId },
    });
    expect(answer.body).toMatchObject({ state: "wrapping", status: "transferred" });
    await desk.turn();
    const { offer } = await desk.current(ben);
    expect(offer?.callId).not.toBe(callId);
    await stage.ask(routes.answerCall, ben, { params: { callId: offer?.callId }, body: {} });
    await desk.turn();
    expect(provider.commands.map((one) => one.command.kind)).toEqual([
      "connect",
      "requeue",
      "connect",
    ]);
  });
  it("warm: both talk, then the caller is the colleague's alone", async () => {
    const callId = await desk.connected(ada);
    await desk.goAvailable(ben);
    const params = { callId };
    await stage.ask(routes.transferCall, ada, {
      params,
      body: { kind: "warm", toAgentId: ben.agentId },
    });
    await desk.turn();
    expect((await desk.current(ben)).offer).toMatchObject({ callId });
    await stage.ask(routes.answerCall, ben, { params, body: {} });
    const done = await stage.ask(routes.finishConsultation, ada, {
      params,
      body: { outcome: "complete_transfer" },
    });
    expect(done.body).toMatchObject({ state: "wrapping", status: "transferred" });
    await desk.turn();
    const { calls } = await desk.current(ben);
    expect(calls).toMatchObject([{ state: "connected", agentId: ben.agentId }]);
    await desk.turn();
    expect(provider.commands.map((one) => one.command.kind)).toEqual([
      "connect",
      "hold",
      "consult",
      "complete_transfer",
    ]);
  });
  it("warm, refused: the caller is still with the first agent", async () => {
    const callId = await desk.connected(ada);
    await desk.goAvailable(ben);
    const params = { callId };
    await stage.ask(routes.transferCall, ada, {
      params,
      body: { kind: "warm", toAgentId: ben.agentId },
    });
    await desk.turn();
    await stage.owner`update portal.call_offers set expires_at = now() - interval '1 second' where outcome is null`;
    await desk.turn();
    expect(await desk.callRow(callId)).toMatchObject({
      state: "held",
      agent_id: ada.agentId,
      other_agent_id: null,
    });
    expect((await stage.ask(routes.readOwnProfile, ben)).body.presence.reason).toBe("missed_offer");
  });
  it("is refused to a colleague who is not free", async () => {
    const callId = await desk.connected(ada);
    await expect(
      stage.ask(routes.transferCall, ada, {
        params: { callId },
        body: { kind: "blind", toAgentId: ben.agentId },
      }),
    ).rejects.toMatchObject({ code: "AGENT_UNAVAILABLE" });
  });
  it("notices that the caller left meanwhile", async () => {
    const callId = await desk.connected(ada);
    await desk.goAvailable(ben);
    await stage.ask(routes.transferCall, ada, {
      params: { callId },
      body: { kind: "blind", toAgentId: ben.agentId },
    });
    await desk.tell(desk.anEvent("p1", 9, { kind: "ended", by: "caller" }));
    await desk.turn();
    expect((await desk.states()).sort()).toEqual(["abandoned", "wrapping"]);
    expect((await desk.current(ben)).offer).toBeNull();
  });
});
