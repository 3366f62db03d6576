import { routes } from "@careline/portal-contract";
import type { CarrierCall } from "@careline/portal-contract/telephony/schemas.ts";
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

describe("the provider's events", () => {
  it("count once, however often they are told", async () => {
    const arrival = desk.anArrival("p1");
    expect((await desk.tell(arrival)).body).toEqual({ stored: 1, known: 0 });
    expect((await desk.tell(arrival)).body).toEqual({ stored: 0, known: 1 });
    expect(await desk.states()).toEqual(["offered"]);
  });
  it("may come in any order: an end before its arrival leaves an abandoned call", async () => {
    await desk.tell(desk.anEvent("p1", 2, { kind: "ended", by: "caller" }));
    expect(await desk.states()).toEqual([]);
    await desk.tell(desk.anArrival("p1"));
    expect(await desk.states()).toEqual(["abandoned"]);
  });
  it("change nothing when they are late", async () => {
    const callId = await desk.connected(ada);
    await desk.tell(desk.anEvent("p1", 5, { kind: "ended", by: "caller" }));
    await desk.tell(desk.anEvent("p1", 3, { kind: "held", agentId: ada.agentId }));
    expect((await desk.callRow(callId)).state).toBe("wrapping");
  });
  it("are refused with a signature for another host or a changed body", async () => {
    const events = [desk.anArrival("p1")];
    await expect(
      stage.ask(routes.receiveTelephonyEvents, null, desk.webhook(events, "evil.test")),
    ).rejects.toMatchObject({ code: "SIGNATURE_INVALID" });
    const changed = {
      ...desk.webhook(events),
      signed: { ...desk.webhook(events).signed, rawBody: Buffer.from("{}") },
    };
    await expect(stage.ask(routes.receiveTelephonyEvents, null, changed)).rejects.toMatchObject({
      code: "SIGNATURE_INVALID",
    });
    await stage.ask(routes.receiveTelephonyEvents, null, desk.webhook(events, "other.test"));
  });
  it("free the agent when the caller gives up while it rings", async () => {
    const callId = await desk.ringing(ada);
    await desk.tell(desk.anEvent("p1", 2, { kind: "ended", by: "caller" }));
    expect(await desk.callRow(callId)).toMatchObject({ state: "missed", call_status: "abandoned" });
    expect((await stage.ask(routes.readOwnProfile, ada)).body.presence.state).toBe("available");
    expect((await stage.ask(routes.listMissedOffers, ada)).body.items).toMatchObject([
      { because: "caller_left" },
    ]);
  });
});

describe("a call that cannot be projected", () => {
  it("holds up no other and is tried again", async () => {
    await stage.owner`
      create function portal.refuse_p1() returns trigger language plpgsql as
        $$ begin if new.provider_call_id = 'p1' then raise exception 'no'; end if; return new; end $$`;
    await stage.owner`
      create trigger refuse before insert on portal.call_logs for each row execute function portal.refuse_p1()`;
    await desk.tell(desk.anArrival("p1"), desk.anArrival("p2"));
    expect(await desk.states()).toEqual(["offered"]);
    await stage.owner`drop trigger refuse on portal.call_logs`;
    await stage.owner`update portal.telephony_unprojected set retry_at = now()`;
    await desk.turn();
    expect(await desk.states()).toEqual(["offered", "offered"]);
    expect(await stage.owner`select * from portal.telephony_unprojected`).toEqual([]);
  });
});

describe("after a failover", () => {
  const carried = (id: string, over: Partial<CarrierCall> = {}): CarrierCall => ({
    providerCallId: id,
    direction: "inbound",
    state: "queued",
    agentId: null,
    otherAgentId: null,
    from: "+15555550101",
    queueCode: "safety",
    language: "en",
    statedReason: null,
    priority: 5,
    startedAt: new Date(stage.clock.wallNow().getTime() - 60_000).toISOString(),
    lastSequence: 1,
    ...over,
  });

  it("a ringing offer of the old term rings again at the same agent with its full time", async () => {
    const callId = await desk.ringing(ada);
    const before = (await desk.current(ada)).offer;
    await stage.nextTerm();
    stage.events.length = 0;
    await desk.turn();
    const after = (await desk.current(ada)).offer;
    expect(after?.callId).toBe(callId);
    expect(after?.offerId).not.toBe(before?.offerId);
    const told = stage.events.filter((event) => event.kind === "offer").map((event) => event.data);
    expect(told).toMatchObject([{ offer: { outcome: "withdrawn" } }, { origin: "again" }]);
  });
  it("callers whose record was lost come back at their old place", async () => {
    await desk.tell(desk.anArrival("late"));
    provider.held.set("late", carried("late", { startedAt: stage.clock.wallNow().toISOString() }));
    provider.held.set("lost", carried("lost"));
    await desk.reconcile();
    const rows =
      await stage.owner`select provider_call_id from portal.call_logs order by queued_at`;
    expect(rows.map((row) => row.provider_call_id)).toEqual(["lost", "late"]);
    await desk.reconcile();
    expect(await desk.states()).toEqual(["offered", "offered"]);
  });
  it("a caller who left meanwhile is not kept waiting", async () => {
    await desk.tell(desk.anArrival("gone"));
    await stage.owner`update portal.call_logs set created_date = now() - interval '1 minute'`;
    await desk.reconcile();
    expect(await desk.states()).toEqual(["abandoned"]);
  });
  it("an answer that was lost here is taken from the provider: nobody is assigned twice", async () => {
    await desk.tell(desk.anArrival("p1"));
    await desk.goAvailable(ada);
    await desk.goAvailable(ben);
    provider.held.set("p1", carried("p1", { state: "connected", agentId: ada.agentId }));
    await desk.reconcile();
    await desk.turn();
    expect((await desk.current(ada)).calls).toMatchObject([{ state: "connected" }]);
    expect((await desk.current(ben)).calls).toEqual([]);
    expect((await stage.ask(routes.readOwnProfile, ada)).body.presence.state).toBe("on_call");
  });
  it("a connect that never reached the provider is sent again", async () => {
    const callId = await desk.connected(ada);
    provider.held.set("p1", carried("p1"));
    provider.commands.length = 0;
    await desk.reconcile();
    await desk.turn();
    expect(provider.commands).toEqual([
      { id: "p1", command: { kind: "connect", agentId: ada.agentId } },
    ]);
    expect((await desk.callRow(callId)).state).toBe("connected");
  });
});
