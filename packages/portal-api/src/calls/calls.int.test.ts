import { routes } from "@careline/portal-contract";
import type { WrapUp } from "@careline/portal-contract/calls/schemas.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentsHandlers } from "../agents/index.ts";
import type { Session } from "../serving/index.ts";
import type { DomainStage } from "../testing/domain-stage.ts";
import { newId, openStaffedStage, type StaffedStage } from "../testing/staffed-stage.ts";
import { callTransitions } from "./call-state.ts";
import { callsHandlers } from "./index.ts";

let desk: StaffedStage;
let stage: DomainStage;

beforeAll(async () => {
  // Team 2 begins at agent101.
  desk = await openStaffedStage({ agents: 101, patients: 0 }, () => [
    ...callsHandlers,
    ...agentsHandlers,
  ]);
  ({ stage } = desk);
});
afterAll(() => desk.close());

const nothing = {
  adverse_event: false,
  product_complaint: false,
  pregnancy: false,
  medication_error: false,
  lack_of_effect: false,
};
const aWrapUp = (over: Partial<WrapUp> = {}): WrapUp => ({
  code: "information_given",
  reason: "general",
  resolution: "Explained the leaflet",
  followUpRequired: false,
  followUpDate: null,
  ...over,
});
const screen = (who: Session, callId: string, over: object = {}) =>
  stage.ask(routes.putScreen, who, {
    params: { callId },
    body: { answers: { ...nothing, ...over } },
  });
const close = (who: Session, callId: string, wrapUp = aWrapUp()) =>
  stage.ask(routes.closeCall, who, { params: { callId }, body: wrapUp });
const wrapping = (who: Session) => stage.placeCall(who, { state: "wrapping" });

describe("closing a call", () => {
  it("is refused until the safety questions are answered, the reason and the code chosen", async () => {
    const who = desk.anAgent();
    const callId = await wrapping(who);
    await expect(close(who, callId)).rejects.toMatchObject({ code: "SCREEN_UNANSWERED" });
    const answered = await screen(who, callId);
    expect(answered.body.closeBlockedBy).toEqual(["reason_missing", "wrap_up_code_missing"]);
    await expect(close(who, callId, aWrapUp({ code: null }))).rejects.toMatchObject({
      code: "WRAP_UP_INCOMPLETE",
    });
    await expect(close(who, callId, aWrapUp({ reason: null }))).rejects.toMatchObject({
      code: "WRAP_UP_INCOMPLETE",
    });
    await expect(close(who, callId, aWrapUp({ code: "appointment" }))).rejects.toMatchObject({
      code: "WRAP_UP_INCOMPLETE",
    });
    expect((await close(who, callId)).body).toMatchObject({
      state: "closed",
      status: "completed",
      closeBlockedBy: [],
    });
  });
  it("is refused while the caller is on the line", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    await screen(who, callId);
    await expect(close(who, callId)).rejects.toMatchObject({ code: "CALL_STATE_CONFLICT" });
  });
  it("makes a task of a yes without a case, once", async () => {
    const who = desk.anAgent();
    const callId = await wrapping(who);
    await screen(who, callId, { adverse_event: true });
    await close(who, callId);
    const { body } = await stage.ask(routes.listTasks, who, {
      query: { kind: "screen_without_case" },
    });
    expect(body.items).toMatchObject([{ callId, kind: "screen_without_case", state: "open" }]);
  });
  it("keeps the whole record of HCC-DB-04 and frees the agent [HCC-POR-01]", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who, {
      startedAt: new Date(stage.clock.wallNow().getTime() - 65_000),
    });
    await stage.owner`
      update portal.agent_presence set state = 'on_call', call_id = ${callId} where agent_id = ${who.agentId}`;
    const ended = await stage.ask(routes.hangUpCall, who, { params: { callId }, body: {} });
    expect(ended.body).toMatchObject({ state: "wrapping", status: "completed", callDuration: 65 });
    expect(ended.body.wrapUpDueAt).not.toBeNull();
    await screen(who, callId);
    await close(who, callId);
    expect((await stage.ask(routes.readOwnProfile, who)).body.presence.state).toBe("available");
  });
  it("is answered alike when it is replayed", async () => {
    const who = desk.anAgent();
    const callId = await wrapping(who);
    await screen(who, callId);
    const first = await close(who, callId);
    const second = await close(who, callId);
    expect(second.body).toEqual(first.body);
  });
  it("takes the break that was asked for during the call", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    await stage.owner`
      update portal.agent_presence set state = 'on_call', call_id = ${callId} where agent_id = ${who.agentId}`;
    const wish = await stage.ask(routes.setPresence, who, {
      body: { state: "on_break", reason: "meal" },
    });
    expect(wish.body).toMatchObject({
      state: "on_call",
      next: { state: "on_break", reason: "meal" },
    });
    await stage.ask(routes.hangUpCall, who, { params: { callId }, body: {} });
    await screen(who, callId);
    await close(who, callId);
    expect((await stage.ask(routes.readOwnProfile, who)).body).toMatchObject({
      status: "on_break",
      presence: { state: "on_break", reason: "meal", next: null },
    });
  });
});

describe("notes", () => {
  const note = (who: Session, callId: string, over: object = {}) =>
    stage.ask(routes.addNote, who, {
      params: { callId },
      body: { noteId: newId(), noteType: "medical", noteText: "Took it with food", ...over },
    });
  it("carry type, author, time and region [HCC-POR-04] [HCC-DB-08]", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const { body } = await note(who, callId);
    expect(body).toMatchObject({ agentId: who.agentId, noteType: "medical", region: "east" });
    const listed = await stage.ask(routes.listNotes, who, { params: { callId } });
    expect(listed.body.items).toEqual([body]);
  });
  it("lose payment card numbers before they are stored [HCC-SEC-05]", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const { body } = await note(who, callId, { noteText: "card 4111 1111 1111 1111 he said" });
    expect(body).toMatchObject({
      noteText: "card [card number removed] he said",
      redactedCardNumbers: 1,
    });
    const draft = { noteType: "general", noteText: "again 4111111111111111", revision: 1 };
    await stage.ask(routes.saveNoteDraft, who, { params: { callId }, body: draft });
    const stored = await stage.owner`
      select note_text from portal.call_notes where call_id = ${callId}
      union all select note_text from portal.call_note_drafts where call_id = ${callId}`;
    expect(JSON.stringify(stored)).not.toMatch(/4111/);
  });
  it("keep the time at which they were written when they arrive after an outage", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const occurredAt = new Date(stage.clock.wallNow().getTime() - 90_000);
    const request = { noteId: newId(), noteType: "general", noteText: "written offline" };
    const { body } = await stage.ask(routes.addNote, who, {
      params: { callId },
      body: request,
      occurredAt,
    });
    expect(body.timestamp).toBe(occurredAt.toISOString());
  });
  it("are drafts first: a late autosave does not undo a newer one, a saved note ends the draft", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const save = (revision: number, noteText: string) =>
      stage.ask(routes.saveNoteDraft, who, {
        params: { callId },
        body: { noteType: "general", noteText, revision },
      });
    await save(2, "newer");
    expect((await save(1, "older")).body).toMatchObject({ noteText: "newer", revision: 2 });
    await note(who, callId);
    expect((await stage.ask(routes.listNotes, who, { params: { callId } })).body.draft).toBeNull();
  });
  it("are refused on, and hidden from, calls of others [HCC-SEC-06]", async () => {
    const [who, other] = [desk.anAgent(), desk.anAgent()];
    const callId = await stage.placeCall(who);
    await note(who, callId);
    await expect(note(other, callId)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(stage.ask(routes.listNotes, other, { params: { callId } })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
  it("cannot be changed or deleted, not even with the application's credentials", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    await note(who, callId);
    for (const statement of [
      "update portal.call_notes set note_text = ''",
      "delete from portal.call_notes",
    ]) {
      await expect(stage.sqlAs(who, (tx) => tx.unsafe(statement))).rejects.toMatchObject({
        code: "42501",
      });
    }
  });
});

describe("who sees which call", () => {
  it("an agent their own, a supervisor their team's, a manager their programmes' [HCC-SEC-09]", async () => {
    const who = desk.anAgent();
    const callId = await wrapping(who);
    const read = (session: Session) => stage.ask(routes.readCall, session, { params: { callId } });
    await expect(read(who)).resolves.toMatchObject({ body: { callId } });
    await expect(read(desk.anAgent())).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(read(await stage.sessionOf("supervisor01"))).resolves.toMatchObject({
      body: { callId },
    });
    await expect(read(await stage.sessionOf("supervisor02"))).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(read(await stage.sessionOf("manager01"))).resolves.toMatchObject({
      body: { callId },
    });
    const elsewhere = { ...(await stage.sessionOf("manager01")), programmeIds: [] };
    await expect(read(elsewhere)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(read(await stage.sessionOf("admin01"))).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
  it("shows the caller's number to who handles the call, and masked to everybody else [HCC-SEC-04]", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const read = async (session: Session) =>
      (await stage.ask(routes.readCall, session, { params: { callId } })).body.callerPhoneNumber;
    expect(await read(who)).toBe("+15555550100");
    expect(await read(await stage.sessionOf("supervisor01"))).toBe("XXX-XXX-0100");
  });
  it("pages through the list in a total order without loss or repeat", async () => {
    const who = desk.anAgent();
    const at = new Date(stage.clock.wallNow().getTime() - 3_600_000);
    const made = [];
    for (let index = 0; index < 5; index += 1)
      made.push(await stage.placeCall(who, { state: "wrapping", startedAt: at }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? { limit: 2 } : { limit: 2, cursor };
      const { body } = await stage.ask(routes.listCalls, who, { query });
      seen.push(...body.items.map((item) => item.callId));
      cursor = body.next ?? undefined;
    } while (cursor !== undefined);
    expect([...seen].sort()).toEqual([...made].sort());
  });
  it("holds in straight SQL: another agent's call can be neither read, changed nor taken [HCC-SEC-10]", async () => {
    const [who, other] = [desk.anAgent(), desk.anAgent()];
    const callId = await stage.placeCall(who);
    const rows = await stage.sqlAs(
      other,
      (tx) => tx`select 1 from portal.call_logs where call_id = ${callId}`,
    );
    expect(rows).toHaveLength(0);
    const changed = await stage.sqlAs(
      other,
      (tx) => tx`update portal.call_logs set agent_id = ${other.agentId} where call_id = ${callId}`,
    );
    expect(changed.count).toBe(0);
    await expect(
      stage.sqlAs(
        who,
        (tx) =>
          tx`update portal.call_logs set agent_id = ${other.agentId} where call_id = ${callId}`,
      ),
    ).rejects.toMatchObject({ code: "42501" });
    await expect(stage.sqlAs(who, (tx) => tx`delete from portal.call_logs`)).rejects.toMatchObject({
      code: "42501",
    });
  });
});

describe("what an agent asks all day", () => {
  it("is answered by indexes, not by reading the whole call log", async () => {
    const who = desk.anAgent();
    const explain = (question: string) =>
      stage.owner.begin(async (sql) => {
        await sql.unsafe("set local enable_seqscan = off");
        return JSON.stringify(await sql.unsafe(`explain ${question}`));
      });
    const inHand = await explain(
      `select call_id from portal.call_logs where (agent_id = '${who.agentId}' or other_agent_id = '${who.agentId}')
          and state in ('ringing', 'connected', 'held', 'consulting', 'conferenced', 'wrapping')`,
    );
    expect(inHand).not.toContain("Seq Scan");
    expect(
      await explain(
        "select 1 from portal.call_logs where provider = 'simulator' and provider_call_id = 'x'",
      ),
    ).toContain("call_logs_provider_call");
  });
  it("does not include offering oneself a call", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    await expect(
      stage.sqlAs(
        who,
        (tx) => tx`
          insert into portal.call_offers (offer_id, call_id, agent_id, origin, offered_at, expires_at, term)
          values (gen_random_uuid(), ${callId}, ${who.agentId}, 'queue', now(), now() + interval '1 minute', 1)`,
      ),
    ).rejects.toMatchObject({ code: "42501" });
  });
});

describe("the database holds the rules a second time", () => {
  it("knows exactly the transitions of the rule", async () => {
    const rows = await stage.owner<{ pair: string }[]>`
      select from_state || '→' || to_state as pair from portal.call_transitions`;
    expect(rows.map((row) => row.pair).sort()).toEqual([...callTransitions()].sort());
  });
  it("refuses a jump in a call's life", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    await expect(
      stage.sqlAs(
        who,
        (tx) =>
          tx`update portal.call_logs set state = 'closed', call_status = 'completed' where call_id = ${callId}`,
      ),
    ).rejects.toMatchObject({ code: "CL409" });
  });
  it("refuses to close a call whose screen is unanswered", async () => {
    const who = desk.anAgent();
    const callId = await wrapping(who);
    await expect(
      stage.sqlAs(
        who,
        (tx) =>
          tx`update portal.call_logs set state = 'closed', call_status = 'completed' where call_id = ${callId}`,
      ),
    ).rejects.toMatchObject({ code: "CL410" });
  });
  it("refuses a second live call of one agent, and a second live record of one caller", async () => {
    const who = desk.anAgent();
    await stage.placeCall(who);
    await expect(stage.placeCall(who)).rejects.toMatchObject({ code: "23505" });
  });
  it.each([
    ["a satisfaction rating of 6", "update portal.call_logs set satisfaction_rating = 6"],
    ["a reason nobody knows", "update portal.call_logs set call_reason = 'weather'"],
    ["a status nobody knows", "update portal.call_logs set call_status = 'lost'"],
  ])("refuses %s [HCC-DB-05]", async (_, statement) => {
    const who = desk.anAgent();
    await stage.placeCall(who);
    await expect(stage.sqlAs(who, (tx) => tx.unsafe(statement))).rejects.toMatchObject({
      code: "23514",
    });
  });
});
