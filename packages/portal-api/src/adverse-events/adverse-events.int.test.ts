import { routes } from "@careline/portal-contract";
import type { AdverseEventFields } from "@careline/portal-contract/adverse-events/schemas.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callsHandlers } from "../calls/index.ts";
import type { Session } from "../serving/index.ts";
import type { DomainStage } from "../testing/domain-stage.ts";
import { newId, openStaffedStage, type StaffedStage } from "../testing/staffed-stage.ts";
import { adverseEventsHandlers } from "./index.ts";

let desk: StaffedStage;
let stage: DomainStage;

beforeAll(async () => {
  desk = await openStaffedStage({ agents: 30, patients: 5 }, () => [
    ...adverseEventsHandlers,
    ...callsHandlers,
  ]);
  ({ stage } = desk);
});
afterAll(() => desk.close());

const nobody = {
  patientId: null,
  initials: null,
  ageYears: null,
  ageGroup: null,
  sex: "unknown",
} as const;
const incomplete = (over: Partial<AdverseEventFields> = {}): AdverseEventFields => ({
  patient: nobody,
  reporter: { type: null, name: null, contact: null },
  reactions: [],
  drugs: [],
  eventDate: null,
  narrative: null,
  followUpRequired: false,
  ...over,
});
const aReaction = (over: object = {}) => ({
  reactionId: newId(),
  verbatim: "dizzy",
  severity: "moderate" as const,
  seriousness: [],
  outcome: "recovering" as const,
  startedOn: "2026-11-20",
  endedOn: null,
  ...over,
});
const aDrug = (over: object = {}) => ({
  drugId: newId(),
  name: "Fictizol",
  role: "suspect" as const,
  dosage: "10 mg",
  route: "oral",
  indication: null,
  batchNumber: "B1",
  startedOn: null,
  endedOn: null,
  action: "withdrawn" as const,
  ...over,
});
const complete = (): AdverseEventFields =>
  incomplete({
    patient: { ...nobody, initials: "X.Y.", ageYears: 44 },
    reporter: { type: "physician", name: "Dr. Imaginary", contact: null },
    reactions: [aReaction()],
    drugs: [aDrug()],
    eventDate: "2026-11-20",
  });
const record = (who: Session, callId: string, fields: AdverseEventFields, over: object = {}) =>
  stage.ask(routes.createAdverseEvent, who, {
    body: {
      eventId: newId(),
      callId,
      awareness: { clientInstant: stage.clock.wallNow().toISOString(), zone: "America/New_York" },
      ...fields,
      ...over,
    },
  });

describe("recording an adverse event", () => {
  it("keeps it with drug, dosage, reaction, severity, outcome, reporter and follow-up [HCC-POR-05] [HCC-DB-06]", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const { body } = await record(who, callId, complete());
    expect(body.validity).toEqual({
      patient: true,
      reporter: true,
      reaction: true,
      drug: true,
      isValid: true,
    });
    const [row] =
      await stage.owner`select * from portal.adverse_events where event_id = ${body.eventId}`;
    expect(row).toMatchObject({
      drug_name: "Fictizol",
      drug_dosage: "10 mg",
      adverse_reaction: "dizzy",
      severity: "moderate",
      outcome: "recovering",
      reporter_type: "physician",
      reported_by_agent_id: who.agentId,
      reported_to_fda: false,
    });
    const read = await stage.ask(routes.readAdverseEvent, who, {
      params: { eventId: body.eventId },
    });
    expect(read.body).toEqual(body);
  });
  it("keeps an incomplete report: nothing is known but that something was said", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const { body } = await record(who, callId, incomplete());
    expect(body).toMatchObject({ validity: { isValid: false }, isSerious: false, state: "draft" });
  });
  it("draws a number that nobody else gets, also at the same time", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const made = await Promise.all(
      Array.from({ length: 6 }, () => record(who, callId, incomplete())),
    );
    const numbers = made.map((one) => one.body.eventNumber);
    expect(new Set(numbers).size).toBe(6);
    for (const number of numbers) expect(number).toMatch(/^AE-\d{4}-\d{6}$/);
  });
  it("is serious when one of its reactions is", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const fields = incomplete({
      reactions: [aReaction(), aReaction({ seriousness: ["hospitalisation"] })],
    });
    expect((await record(who, callId, fields)).body.isSerious).toBe(true);
  });
  it("takes the agent's clock for day 0 within what the server saw of the call", async () => {
    const who = desk.anAgent();
    const startedAt = new Date(stage.clock.wallNow().getTime() - 600_000);
    const callId = await stage.placeCall(who, { startedAt });
    const heard = new Date(stage.clock.wallNow().getTime() - 300_000).toISOString();
    const zone = "Europe/Madrid";
    const right = await record(who, callId, incomplete(), {
      awareness: { clientInstant: heard, zone },
    });
    expect(right.body.awareness).toMatchObject({
      clientInstant: heard,
      zone,
      instant: heard,
      isCorrected: false,
    });
    const wrong = await record(who, callId, incomplete(), {
      awareness: { clientInstant: "2020-01-01T00:00:00Z", zone },
    });
    expect(wrong.body.awareness).toMatchObject({
      instant: startedAt.toISOString(),
      isCorrected: true,
    });
  });
  it("loses payment card numbers from its texts [HCC-SEC-05]", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const { body } = await record(
      who,
      callId,
      incomplete({ narrative: "paid with 4111111111111111" }),
    );
    expect(body.narrative).toBe("paid with [card number removed]");
  });
  it("cannot be recorded on another agent's call, nor name a patient who was not opened", async () => {
    const [who, other] = [desk.anAgent(), desk.anAgent()];
    const callId = await stage.placeCall(who);
    await expect(record(other, callId, complete())).rejects.toMatchObject({ code: "NOT_FOUND" });
    const [patient] = await stage.owner`select patient_id from portal.patients limit 1`;
    const named = incomplete({ patient: { ...nobody, patientId: String(patient?.patient_id) } });
    await expect(record(who, callId, named)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
  it("settles the task that a screen without a case had left", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who, { state: "wrapping" });
    const answers = {
      adverse_event: true,
      product_complaint: false,
      pregnancy: false,
      medication_error: false,
      lack_of_effect: false,
    };
    await stage.ask(routes.putScreen, who, { params: { callId }, body: { answers } });
    const wrapUp = {
      code: "no_report",
      reason: "adverse_event",
      resolution: null,
      followUpRequired: false,
      followUpDate: null,
    };
    await stage.ask(routes.closeCall, who, { params: { callId }, body: wrapUp });
    const open = async () =>
      (await stage.ask(routes.listTasks, who, { query: { kind: "screen_without_case" } })).body
        .items.length;
    expect(await open()).toBe(1);
    await record(who, callId, complete());
    expect(await open()).toBe(0);
  });
});

describe("changing a report", () => {
  it("replaces its fields and keeps number and day 0", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const { body: first } = await record(who, callId, incomplete());
    const request = {
      params: { eventId: first.eventId },
      body: complete(),
      ifMatch: first.version,
    };
    const { body } = await stage.ask(routes.updateAdverseEvent, who, request);
    expect(body).toMatchObject({
      eventNumber: first.eventNumber,
      awareness: first.awareness,
      validity: { isValid: true },
    });
    await expect(stage.ask(routes.updateAdverseEvent, who, request)).rejects.toMatchObject({
      code: "STALE_VERSION",
    });
  });
  it("ends when it was handed over", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const { body: first } = await record(who, callId, complete());
    const params = { eventId: first.eventId };
    const { body } = await stage.ask(routes.handOverAdverseEvent, who, { params });
    expect(body.state).toBe("triage");
    await expect(
      stage.ask(routes.updateAdverseEvent, who, {
        params,
        body: incomplete(),
        ifMatch: body.version,
      }),
    ).rejects.toMatchObject({ code: "ADVERSE_EVENT_LOCKED" });
    await expect(
      stage.sqlAs(
        who,
        (tx) => tx`update portal.adverse_events set notes = 'x' where event_id = ${first.eventId}`,
      ),
    ).rejects.toMatchObject({ code: "CL409" });
  });
  it("is for those who may see its call: not for a colleague, not for another team's supervisor", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const { body: first } = await record(who, callId, complete());
    const read = (session: Session) =>
      stage.ask(routes.readAdverseEvent, session, { params: { eventId: first.eventId } });
    await expect(read(desk.anAgent())).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(read(await stage.sessionOf("supervisor02"))).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(read(await stage.sessionOf("supervisor01"))).resolves.toMatchObject({
      status: 200,
    });
    const reviewer = {
      ...(await stage.sessionOf("supervisor02")),
      permissions: ["medical_reviewer" as const],
    };
    await expect(read(reviewer)).resolves.toMatchObject({ status: 200 });
    await expect(
      stage.ask(routes.updateAdverseEvent, await stage.sessionOf("manager01"), {
        params: { eventId: first.eventId },
        body: complete(),
        ifMatch: 1,
      }),
    ).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });
});

describe("the daily reconciliation", () => {
  it("lists calls, screens and cases that do not match, to supervisors of the team only", async () => {
    const who = desk.anAgent();
    const day = "2026-03-04";
    const startedAt = new Date(`${day}T10:00:00Z`);
    const silent = await stage.placeCall(who, { state: "wrapping", startedAt });
    const caseOnly = await stage.placeCall(who, { state: "wrapping", startedAt });
    await stage.owner`
      insert into portal.call_screens values (${silent}, true, false, false, false, false, now(), ${who.agentId})`;
    await record(who, caseOnly, complete());
    const ask = async (session: Session) =>
      (await stage.ask(routes.reconcileScreens, session, { query: { day } })).body.items;
    const items = await ask(await stage.sessionOf("supervisor01"));
    expect(items).toHaveLength(2);
    expect(items).toEqual(
      expect.arrayContaining([
        { callId: silent, problem: "yes_without_case" },
        { callId: caseOnly, problem: "case_without_yes" },
      ]),
    );
    expect(await ask(await stage.sessionOf("supervisor02"))).toEqual([]);
    await expect(ask(who)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });
});
