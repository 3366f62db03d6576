import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom, uuidV7 } from "@careline/platform";
import { routes } from "@careline/portal-contract";
import type {
  CarrierCall,
  CarrierCommand,
  ProviderEvent,
} from "@careline/portal-contract/telephony/schemas.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { agentsHandlers } from "../agents/index.ts";
import { callsHandlers } from "../calls/index.ts";
import { fillDatabase } from "../demo/index.ts";
import { queueHandlers } from "../queue/index.ts";
import type { Session } from "../serving/index.ts";
import { type TelephonyProvider, webhookHandlers } from "../telephony/index.ts";
import { signWebhook } from "../telephony/webhook-signature.ts";
import { type DomainStage, type StageHouse, startStageHouse } from "../testing/domain-stage.ts";
import { type ExchangeDeps, exchangeTurn, reconcileTurn } from "./exchange-loop.ts";
import { Wake } from "./wake.ts";

const secret = "the secret of this test";
const host = "portal.test";
const path = "/webhooks/telephony/simulator";

/** A provider whose calls the test states; it carries out what the portal commands. */
class StatedProvider implements TelephonyProvider {
  readonly name = "simulator";
  readonly held = new Map<string, CarrierCall>();
  readonly commands: { id: string; command: CarrierCommand["command"] }[] = [];
  send(id: string, { command }: CarrierCommand): Promise<boolean | null> {
    this.commands.push({ id, command });
    return Promise.resolve(this.held.has(id));
  }
  calls(): Promise<readonly CarrierCall[]> {
    return Promise.resolve([...this.held.values()]);
  }
}

let house: StageHouse;
let stage: DomainStage;
let provider: StatedProvider;
let exchange: ExchangeDeps;
let secrets: string;
let ada: Session;
let ben: Session;
const signal = new AbortController().signal;

beforeAll(async () => {
  house = await startStageHouse();
});
afterAll(async () => {
  await house.stop();
});
beforeEach(async () => {
  stage = await house.open();
  await fillDatabase(stage.owner, stage.cipher, { agents: 4, patients: 0 });
  secrets = mkdtempSync(join(tmpdir(), "careline-secret-"));
  writeFileSync(join(secrets, "webhook"), secret);
  const telephony = {
    provider: "simulator" as const,
    url: "https://carrier.test",
    ca: "",
    tokenFile: "",
    webhookSecretFile: join(secrets, "webhook"),
    webhookHosts: [host, "other.test"],
    answerTimeoutMs: 1_000,
  };
  stage.handlers = [
    ...agentsHandlers,
    ...callsHandlers,
    ...queueHandlers,
    ...webhookHandlers(telephony, () => undefined),
  ];
  provider = new StatedProvider();
  exchange = { ...stage.services, provider, wake: new Wake(), tickMs: 10, preferredSeconds: 20 };
  // Both speak Spanish and English.
  ada = await stage.sessionOf("agent001");
  ben = await stage.sessionOf("agent004");
});
afterEach(async () => {
  await stage.close();
  rmSync(secrets, { recursive: true });
});

const anEvent = (
  providerCallId: string,
  sequence: number,
  data: ProviderEvent["data"],
): ProviderEvent => ({
  eventId: uuidV7(stage.clock.wallNow().getTime(), systemRandom),
  providerCallId,
  sequence,
  occurredAt: stage.clock.wallNow().toISOString(),
  data,
});
const anArrival = (id: string, over: object = {}): ProviderEvent =>
  anEvent(id, 1, {
    kind: "arrived",
    from: "+15555550100",
    queueCode: "safety",
    language: "en",
    statedReason: "side effect",
    priority: 5,
    ...over,
  });

function webhook(events: readonly ProviderEvent[], signedHost = host) {
  const body = JSON.stringify({ events });
  const timestampSeconds = Math.floor(stage.clock.wallNow().getTime() / 1_000);
  const signature = signWebhook(secret, { timestampSeconds, host: signedHost, path, body });
  const headers = new Map([
    ["careline-webhook-timestamp", String(timestampSeconds)],
    ["careline-webhook-signature", signature],
  ]);
  return {
    params: { provider: "simulator" },
    body: { events },
    signed: { rawBody: Buffer.from(body), headers },
  };
}
const turn = () => exchangeTurn(exchange, signal);
async function tell(...events: ProviderEvent[]) {
  const answer = await stage.ask(routes.receiveTelephonyEvents, null, webhook(events));
  await turn();
  return answer;
}
const goAvailable = (who: Session) =>
  stage.ask(routes.setPresence, who, { body: { state: "available" } });
const current = async (who: Session) => (await stage.ask(routes.readCurrentCalls, who)).body;

async function ringing(who: Session, id = "p1"): Promise<string> {
  provider.held.set(id, { providerCallId: id } as CarrierCall);
  await goAvailable(who);
  await tell(anArrival(id));
  await turn();
  const { offer } = await current(who);
  if (offer === null) throw new Error("nothing rings");
  return offer.callId;
}
async function connected(who: Session, id = "p1"): Promise<string> {
  const callId = await ringing(who, id);
  await stage.ask(routes.answerCall, who, { params: { callId }, body: {} });
  await turn();
  return callId;
}
const callRow = async (callId: string) => {
  const [row] = await stage.owner`select * from portal.call_logs where call_id = ${callId}`;
  return row ?? {};
};
const states = async (): Promise<string[]> =>
  (await stage.owner`select state from portal.call_logs order by created_date, call_id`).map(
    (row) => String(row.state),
  );

describe("a call's way through the exchange", () => {
  it("rings at a free agent, is answered, and the carrier is told to connect them [HCC-RED-09]", async () => {
    const callId = await ringing(ada);
    const answer = await stage.ask(routes.answerCall, ada, { params: { callId }, body: {} });
    expect(answer.body).toMatchObject({
      state: "connected",
      agentId: ada.agentId,
      callerPhoneNumber: "+15555550100",
    });
    await turn();
    expect(provider.commands).toEqual([
      { id: "p1", command: { kind: "connect", agentId: ada.agentId } },
    ]);
    const profile = await stage.ask(routes.readOwnProfile, ada);
    expect(profile.body.presence).toMatchObject({ state: "on_call", callId });
  });
  it("tells the ringing agent and nobody else", async () => {
    await ringing(ada);
    const offers = stage.events.filter((event) => event.kind === "offer");
    expect(offers).toHaveLength(1);
    expect(offers[0]?.audience).toEqual({ agents: [ada.agentId] });
    expect(offers[0]?.data).toMatchObject({
      queueName: "Safety reporting",
      origin: "queue",
      offer: { outcome: null },
    });
    await expect(current(ben)).resolves.toEqual({ offer: null, calls: [] });
  });
  it("is answered twice by a replay and connected once", async () => {
    const callId = await ringing(ada);
    await stage.ask(routes.answerCall, ada, { params: { callId }, body: {} });
    const again = await stage.ask(routes.answerCall, ada, { params: { callId }, body: {} });
    expect(again.body.state).toBe("connected");
    await turn();
    expect(provider.commands).toHaveLength(1);
  });
  it("cannot be answered by a colleague: for them it does not exist [HCC-SEC-06]", async () => {
    const callId = await ringing(ada);
    await expect(
      stage.ask(routes.answerCall, ben, { params: { callId }, body: {} }),
    ).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
  it("goes on hold and back, and not into a state that makes no sense", async () => {
    const callId = await connected(ada);
    const params = { callId };
    expect((await stage.ask(routes.holdCall, ada, { params, body: {} })).body.state).toBe("held");
    expect((await stage.ask(routes.resumeCall, ada, { params, body: {} })).body.state).toBe(
      "connected",
    );
    await stage.ask(routes.hangUpCall, ada, { params, body: {} });
    await expect(stage.ask(routes.holdCall, ada, { params, body: {} })).rejects.toMatchObject({
      code: "CALL_STATE_CONFLICT",
    });
    await turn();
    expect(provider.commands.map((one) => one.command.kind)).toEqual([
      "connect",
      "hold",
      "resume",
      "hang_up",
    ]);
  });
  it("is offered to the next one when it is not answered, and the agent learns why", async () => {
    const callId = await ringing(ada);
    await goAvailable(ben);
    stage.clock.advance(21_000);
    await stage.owner`update portal.call_offers set expires_at = now() - interval '1 second'`;
    await turn();
    expect((await stage.ask(routes.readOwnProfile, ada)).body.presence).toMatchObject({
      state: "on_break",
      reason: "missed_offer",
    });
    const missed = (await stage.ask(routes.listMissedOffers, ada)).body.items;
    expect(missed).toMatchObject([
      { callId, outcome: "missed", because: "timed_out", queueName: "Safety reporting" },
    ]);
    expect((await current(ben)).offer).toMatchObject({ callId });
  });
  it("goes back to its place when an agent declines, who is not asked again", async () => {
    const callId = await ringing(ada);
    const offerId = (await current(ada)).offer?.offerId;
    const params = { offerId };
    await expect(
      stage.ask(routes.declineOffer, ben, { params, body: { reason: "other" } }),
    ).rejects.toMatchObject({ code: "OFFER_ENDED" });
    await stage.ask(routes.declineOffer, ada, { params, body: { reason: "language" } });
    await turn();
    await turn();
    expect((await callRow(callId)).state).toBe("offered");
    expect((await current(ada)).offer).toBeNull();
  });
  it("keeps the order of the queue: the longest waiting caller first", async () => {
    await tell(anArrival("first"));
    stage.clock.advance(1_000);
    await tell(anArrival("second"), anArrival("urgent", { priority: 1 }));
    await goAvailable(ada);
    await turn();
    const rows = await stage.owner`
      select provider_call_id from portal.call_logs where state = 'ringing'`;
    expect(rows).toEqual([{ provider_call_id: "urgent" }]);
    await goAvailable(ben);
    await turn();
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
    await goAvailable(ada);
    await goAvailable(ben);
    await backdate(ada);
    await backdate(ben);
    await tell(anArrival("p1"));
    expect((await stage.ask(routes.readOwnProfile, ada)).body.presence).toMatchObject({
      state: "offline",
      reason: "connection_lost",
    });
    expect((await current(ben)).offer).not.toBeNull();
  });
});

describe("the provider's events", () => {
  it("count once, however often they are told", async () => {
    const arrival = anArrival("p1");
    expect((await tell(arrival)).body).toEqual({ stored: 1, known: 0 });
    expect((await tell(arrival)).body).toEqual({ stored: 0, known: 1 });
    expect(await states()).toEqual(["offered"]);
  });
  it("may come in any order: an end before its arrival leaves an abandoned call", async () => {
    await tell(anEvent("p1", 2, { kind: "ended", by: "caller" }));
    expect(await states()).toEqual([]);
    await tell(anArrival("p1"));
    expect(await states()).toEqual(["abandoned"]);
  });
  it("change nothing when they are late", async () => {
    const callId = await connected(ada);
    await tell(anEvent("p1", 5, { kind: "ended", by: "caller" }));
    await tell(anEvent("p1", 3, { kind: "held", agentId: ada.agentId }));
    expect((await callRow(callId)).state).toBe("wrapping");
  });
  it("are refused with a signature for another host or a changed body", async () => {
    const events = [anArrival("p1")];
    await expect(
      stage.ask(routes.receiveTelephonyEvents, null, webhook(events, "evil.test")),
    ).rejects.toMatchObject({ code: "SIGNATURE_INVALID" });
    const changed = {
      ...webhook(events),
      signed: { ...webhook(events).signed, rawBody: Buffer.from("{}") },
    };
    await expect(stage.ask(routes.receiveTelephonyEvents, null, changed)).rejects.toMatchObject({
      code: "SIGNATURE_INVALID",
    });
    await stage.ask(routes.receiveTelephonyEvents, null, webhook(events, "other.test"));
  });
  it("free the agent when the caller gives up while it rings", async () => {
    const callId = await ringing(ada);
    await tell(anEvent("p1", 2, { kind: "ended", by: "caller" }));
    expect(await callRow(callId)).toMatchObject({ state: "missed", call_status: "abandoned" });
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
    await tell(anArrival("p1"), anArrival("p2"));
    expect(await states()).toEqual(["offered"]);
    await stage.owner`drop trigger refuse on portal.call_logs`;
    await stage.owner`update portal.telephony_unprojected set retry_at = now()`;
    await turn();
    expect(await states()).toEqual(["offered", "offered"]);
    expect(await stage.owner`select * from portal.telephony_unprojected`).toEqual([]);
  });
});

describe("handing a caller over", () => {
  it("blind: the colleague is offered a new record, the first agent wraps up as transferred", async () => {
    const callId = await connected(ada);
    await goAvailable(ben);
    const params = { callId };
    const answer = await stage.ask(routes.transferCall, ada, {
      params,
      body: { kind: "blind", toAgentId: ben.agentId },
    });
    expect(answer.body).toMatchObject({ state: "wrapping", status: "transferred" });
    await turn();
    const { offer } = await current(ben);
    expect(offer?.callId).not.toBe(callId);
    await stage.ask(routes.answerCall, ben, { params: { callId: offer?.callId }, body: {} });
    await turn();
    expect(provider.commands.map((one) => one.command.kind)).toEqual([
      "connect",
      "requeue",
      "connect",
    ]);
  });
  it("warm: both talk, then the caller is the colleague's alone", async () => {
    const callId = await connected(ada);
    await goAvailable(ben);
    const params = { callId };
    await stage.ask(routes.transferCall, ada, {
      params,
      body: { kind: "warm", toAgentId: ben.agentId },
    });
    await turn();
    expect((await current(ben)).offer).toMatchObject({ callId });
    await stage.ask(routes.answerCall, ben, { params, body: {} });
    const done = await stage.ask(routes.finishConsultation, ada, {
      params,
      body: { outcome: "complete_transfer" },
    });
    expect(done.body).toMatchObject({ state: "wrapping", status: "transferred" });
    await turn();
    const { calls } = await current(ben);
    expect(calls).toMatchObject([{ state: "connected", agentId: ben.agentId }]);
    await turn();
    expect(provider.commands.map((one) => one.command.kind)).toEqual([
      "connect",
      "hold",
      "consult",
      "complete_transfer",
    ]);
  });
  it("warm, refused: the caller is still with the first agent", async () => {
    const callId = await connected(ada);
    await goAvailable(ben);
    const params = { callId };
    await stage.ask(routes.transferCall, ada, {
      params,
      body: { kind: "warm", toAgentId: ben.agentId },
    });
    await turn();
    await stage.owner`update portal.call_offers set expires_at = now() - interval '1 second' where outcome is null`;
    await turn();
    expect(await callRow(callId)).toMatchObject({
      state: "held",
      agent_id: ada.agentId,
      other_agent_id: null,
    });
    expect((await stage.ask(routes.readOwnProfile, ben)).body.presence.reason).toBe("missed_offer");
  });
  it("is refused to a colleague who is not free", async () => {
    const callId = await connected(ada);
    await expect(
      stage.ask(routes.transferCall, ada, {
        params: { callId },
        body: { kind: "blind", toAgentId: ben.agentId },
      }),
    ).rejects.toMatchObject({ code: "AGENT_UNAVAILABLE" });
  });
  it("notices that the caller left meanwhile", async () => {
    const callId = await connected(ada);
    await goAvailable(ben);
    await stage.ask(routes.transferCall, ada, {
      params: { callId },
      body: { kind: "blind", toAgentId: ben.agentId },
    });
    await tell(anEvent("p1", 9, { kind: "ended", by: "caller" }));
    await turn();
    expect((await states()).sort()).toEqual(["abandoned", "wrapping"]);
    expect((await current(ben)).offer).toBeNull();
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
  const reconcile = () => reconcileTurn(exchange, signal);

  it("a ringing offer of the old term rings again at the same agent with its full time", async () => {
    const callId = await ringing(ada);
    const before = (await current(ada)).offer;
    await stage.nextTerm();
    stage.events.length = 0;
    await turn();
    const after = (await current(ada)).offer;
    expect(after?.callId).toBe(callId);
    expect(after?.offerId).not.toBe(before?.offerId);
    const told = stage.events.filter((event) => event.kind === "offer").map((event) => event.data);
    expect(told).toMatchObject([{ offer: { outcome: "withdrawn" } }, { origin: "again" }]);
  });
  it("callers whose record was lost come back at their old place", async () => {
    await tell(anArrival("late"));
    provider.held.set("late", carried("late", { startedAt: stage.clock.wallNow().toISOString() }));
    provider.held.set("lost", carried("lost"));
    await reconcile();
    const rows =
      await stage.owner`select provider_call_id from portal.call_logs order by queued_at`;
    expect(rows.map((row) => row.provider_call_id)).toEqual(["lost", "late"]);
    await reconcile();
    expect(await states()).toEqual(["offered", "offered"]);
  });
  it("a caller who left meanwhile is not kept waiting", async () => {
    await tell(anArrival("gone"));
    await stage.owner`update portal.call_logs set created_date = now() - interval '1 minute'`;
    await reconcile();
    expect(await states()).toEqual(["abandoned"]);
  });
  it("an answer that was lost here is taken from the provider: nobody is assigned twice", async () => {
    await tell(anArrival("p1"));
    await goAvailable(ada);
    await goAvailable(ben);
    provider.held.set("p1", carried("p1", { state: "connected", agentId: ada.agentId }));
    await reconcile();
    await turn();
    expect((await current(ada)).calls).toMatchObject([{ state: "connected" }]);
    expect((await current(ben)).calls).toEqual([]);
    expect((await stage.ask(routes.readOwnProfile, ada)).body.presence.state).toBe("on_call");
  });
  it("a connect that never reached the provider is sent again", async () => {
    const callId = await connected(ada);
    provider.held.set("p1", carried("p1"));
    provider.commands.length = 0;
    await reconcile();
    await turn();
    expect(provider.commands).toEqual([
      { id: "p1", command: { kind: "connect", agentId: ada.agentId } },
    ]);
    expect((await callRow(callId)).state).toBe("connected");
  });
});
