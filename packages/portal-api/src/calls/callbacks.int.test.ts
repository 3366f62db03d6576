import { routes } from "@careline/portal-contract";
import type { ProviderEventData } from "@careline/portal-contract/telephony/schemas.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentsHandlers } from "../agents/index.ts";
import { callersHandlers } from "../callers/index.ts";
import { patientsHandlers } from "../patients/index.ts";
import type { Session } from "../serving/index.ts";
import { storeEvents } from "../telephony/event-log.sql.ts";
import { projectCall } from "../telephony/index.ts";
import type { DomainStage } from "../testing/domain-stage.ts";
import { newId, openStaffedStage, type StaffedStage } from "../testing/staffed-stage.ts";
import { callsHandlers } from "./index.ts";

let desk: StaffedStage;
let stage: DomainStage;

beforeAll(async () => {
  desk = await openStaffedStage({ agents: 40, patients: 20 }, (opened) => [
    ...callsHandlers,
    ...callersHandlers,
    ...agentsHandlers,
    ...patientsHandlers(opened),
  ]);
  ({ stage } = desk);
  // The next noon of New York's winter or early afternoon of its summer: never before the database's own clock.
  const noon = new Date(stage.clock.wallNow());
  noon.setUTCHours(noon.getUTCHours() < 17 ? 17 : 41, 0, 0, 0);
  stage.clock.advance(noon.getTime() - stage.clock.wallNow().getTime());
});
afterAll(() => desk.close());

interface Planned {
  readonly who: Session;
  readonly taskId: string;
  readonly originalCallId: string;
  readonly queueId: string;
}

let phones = 0;
/** A closed call from a number of its own, with a task for its agent. */
async function aTask(over: { readonly state?: string | null } = {}): Promise<Planned> {
  const who = desk.anAgent();
  phones += 1;
  const originalCallId = await stage.placeCall(who, {
    state: "wrapping",
    phone: `+1555555${String(phones).padStart(4, "0")}`,
  });
  await stage.owner`
    update portal.callers set name = 'Rosa Example', relationship = 'self', safe_contact = 'After 6 pm only',
           authority = '{"kind": "self"}' where call_id = ${originalCallId}`;
  const [patient] = await stage.owner<{ patientId: string }[]>`
    update portal.patients set state = ${over.state === undefined ? "NY" : over.state}
     where patient_id = (select patient_id from portal.patients where not is_restricted order by mrn limit 1 offset ${phones})
    returning patient_id as "patientId"`;
  await stage.owner`
    insert into portal.call_patients (call_id, patient_id, linked_at, linked_by_agent_id)
    values (${originalCallId}, ${patient?.patientId ?? null}, now(), ${who.agentId})`;
  const taskId = newId();
  await stage.ask(routes.addTask, who, {
    params: { callId: originalCallId },
    body: {
      taskId,
      kind: "callback",
      dueAt: "2026-12-02T09:00:00.000Z",
      instruction: "Ask how it went",
    },
  });
  const [row] = await stage.owner<{ queueId: string }[]>`
    select queue_id as "queueId" from portal.call_logs where call_id = ${originalCallId}`;
  return { who, taskId, originalCallId, queueId: row?.queueId ?? "" };
}

const dial = (task: Planned, over: object = {}, who = task.who) =>
  stage.ask(routes.dialCall, who, {
    body: {
      callId: newId(),
      queueId: task.queueId,
      to: { kind: "task", taskId: task.taskId, ...over },
    },
  });
const read = async ({ who, taskId }: Planned) =>
  (await stage.ask(routes.readCallback, who, { params: { taskId } })).body;
const record = (task: Planned, body: object, who = task.who) =>
  stage.ask(routes.recordCallbackOutcome, who, { params: { taskId: task.taskId }, body });

/** The carrier tells what became of a dialled call. */
async function tell(callId: string, ...events: readonly ProviderEventData[]): Promise<void> {
  await stage.background.write(
    { action: "telephony_events", durability: "local" },
    async (ctx) => {
      await storeEvents(
        ctx,
        "simulator",
        events.map((data, index) => ({
          eventId: newId(),
          providerCallId: callId,
          sequence: index + 1,
          occurredAt: stage.clock.wallNow().toISOString(),
          data,
        })),
        "webhook",
      );
      await projectCall(ctx, "simulator", callId);
    },
    new AbortController().signal,
  );
}

describe("a callback", () => {
  it("shows before dialling whom, why, how safely and what time it is there; the number stays masked [HCC-POR-02] [HCC-SEC-04]", async () => {
    const task = await aTask();
    const shown = await read(task);
    expect(shown).toMatchObject({
      task: { taskId: task.taskId, attempts: 0, lastResult: null },
      originalCall: { callId: task.originalCallId, queueName: "Safety reporting" },
      callee: {
        name: "Rosa Example",
        relationship: "self",
        localTimes: [{ zone: "America/New_York", isAllowed: true }],
      },
      callerId: "+15555550190",
      blockedBy: null,
    });
    expect(shown.callee.phone).toMatch(/^XXX-XXX-\d{4}$/);
    expect(shown.callee.safeContacts).toContain("After 6 pm only");
    expect(shown.callee.patients).toHaveLength(1);
  });

  it("is dialled from its task, linked to call and patient, who has yet to be verified [HCC-POR-01]", async () => {
    const task = await aTask();
    const { body: call, audits } = await dial(task);
    expect(call).toMatchObject({
      type: "outbound",
      state: "ringing",
      callback: { taskId: task.taskId, originalCallId: task.originalCallId },
      // Somebody else may answer the phone: who they are is asked again.
      caller: { name: "Rosa Example", relationship: "unknown", standings: [] },
      patients: [{ verifiedAt: null }],
    });
    const patientId = call.patients[0]?.patientId ?? "";
    const card = await stage.ask(routes.readPatient, task.who, { params: { patientId } });
    expect(card.body.details).toBeNull();
    expect(audits).toContainEqual(
      expect.objectContaining({ action: "patient_open", resourceId: patientId }),
    );
    const [command] =
      await stage.owner`select command from portal.telephony_commands where call_id = ${call.callId}`;
    expect(command).toMatchObject({ command: { kind: "dial", callerId: "+15555550190" } });
    const timeline = await stage.ask(routes.readTimeline, task.who, {
      params: { callId: task.originalCallId },
    });
    expect(timeline.body.items.map((one) => one.kind)).toContain("callback_dialled");
  });

  it("that reached somebody is done with its outcome, also while they are on the line", async () => {
    const task = await aTask();
    const { body: call } = await dial(task);
    await expect(record(task, { kind: "reached", note: "" })).rejects.toMatchObject({
      code: "CALLBACK_IN_PROGRESS",
    });
    await tell(
      call.callId,
      { kind: "dialling", to: "+15555550001" },
      { kind: "connected", agentId: task.who.agentId },
    );
    expect((await read(task)).task.lastResult).toBe("on_line");
    expect((await record(task, { kind: "reached", note: "Rash is gone" })).body).toMatchObject({
      state: "done",
      attempts: 1,
      lastResult: null,
    });
    const [row] =
      await stage.owner`select outcome from portal.tasks where task_id = ${task.taskId}`;
    expect(row).toEqual({ outcome: "reached: Rash is gone" });
    await stage.ask(routes.hangUpCall, task.who, { params: { callId: call.callId }, body: {} });
    await expect(read(task)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it.each([
    ["no_answer", { kind: "ended", by: "no_answer" }],
    ["voicemail", { kind: "voicemail", seconds: 0 }],
  ] as const)(
    "that ends as %s says so, frees the agent and is tried again when told",
    async (result, end) => {
      const task = await aTask();
      const { body: call } = await dial(task);
      await tell(call.callId, { kind: "dialling", to: "+15555550001" }, end);
      expect((await read(task)).task).toMatchObject({ lastResult: result, attempts: 1 });
      const profile = await stage.ask(routes.readOwnProfile, task.who);
      expect(profile.body.presence.state).toBe("available");
      const at = "2026-12-03T16:00:00.000Z";
      const again = await record(task, { kind: "try_again", note: "", at });
      expect(again.body).toMatchObject({ state: "open", dueAt: at, lastResult: null, attempts: 1 });
      expect((await dial(task)).body.state).toBe("ringing");
    },
  );

  it("waits for the hours in which people may be called, unless there is a reason that is kept", async () => {
    const task = await aTask({ state: "HI" });
    expect(await read(task)).toMatchObject({
      callee: { localTimes: [{ zone: "Pacific/Honolulu", time: "07:00", isAllowed: false }] },
      blockedBy: "CALLBACK_OUTSIDE_HOURS",
    });
    await expect(dial(task)).rejects.toMatchObject({ code: "CALLBACK_OUTSIDE_HOURS" });
    const { audits } = await dial(task, { hoursWaiver: "urgent_safety" });
    expect(audits).toContainEqual(
      expect.objectContaining({
        details: expect.objectContaining({ hoursWaiver: "urgent_safety" }),
      }),
    );
  });

  it("is not made to those who asked not to be called, by nobody of the programme", async () => {
    const task = await aTask();
    const { body: call } = await dial(task);
    await tell(call.callId, { kind: "ended", by: "no_answer" });
    expect((await record(task, { kind: "do_not_call", note: "" })).body.state).toBe("done");
    const again = await stage.ask(routes.addTask, task.who, {
      params: { callId: task.originalCallId },
      body: {
        taskId: newId(),
        kind: "follow_up",
        dueAt: "2026-12-02T09:00:00.000Z",
        instruction: "Once more",
      },
    });
    const second = { ...task, taskId: again.body.taskId };
    expect((await read(second)).blockedBy).toBe("DO_NOT_CALL");
    await expect(dial(second)).rejects.toMatchObject({ code: "DO_NOT_CALL" });
    const phone = call.callerPhoneNumber ?? "";
    await expect(
      stage.ask(routes.dialCall, task.who, {
        body: { callId: newId(), queueId: task.queueId, to: { kind: "number", phone } },
      }),
    ).rejects.toMatchObject({ code: "DO_NOT_CALL" });
    // Nobody reads the list itself.
    await expect(
      stage.sqlAs(task.who, (tx) => tx`select * from portal.do_not_call`),
    ).rejects.toMatchObject({ code: "42501" });
  });

  it("stops after five attempts", async () => {
    const task = await aTask();
    await stage.owner`update portal.tasks set attempts = 5 where task_id = ${task.taskId}`;
    await expect(dial(task)).rejects.toMatchObject({ code: "CALLBACK_ATTEMPTS_USED" });
    expect((await record(task, { kind: "not_reached", note: "" })).body.state).toBe("done");
  });

  it("is made by one person at a time: the supervisor of the team may, but not beside its agent", async () => {
    const task = await aTask();
    await dial(task);
    const supervisor = await stage.sessionOf("supervisor01");
    await expect(dial(task, {}, supervisor)).rejects.toMatchObject({
      code: "CALLBACK_IN_PROGRESS",
    });
  });

  it("is hidden from, and cannot be made by, those whose task it is not [HCC-SEC-06]", async () => {
    const task = await aTask();
    const stranger = desk.anAgent();
    await expect(read({ ...task, who: stranger })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(dial(task, {}, stranger)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(record(task, { kind: "reached", note: "" }, stranger)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const callee = await stage.sqlAs(
      stranger,
      (tx) => tx`select * from portal.callback_callee(${task.taskId})`,
    );
    expect(callee).toMatchObject([{ states: [], safe_contacts: [] }]);
  });

  it("opens no restricted patient by itself", async () => {
    const task = await aTask();
    await stage.owner`
      update portal.patients set is_restricted = true where patient_id in
        (select patient_id from portal.call_patients where call_id = ${task.originalCallId})`;
    const { body: call } = await dial(task);
    const patientId = call.patients[0]?.patientId ?? "";
    await expect(
      stage.ask(routes.readPatient, task.who, { params: { patientId } }),
    ).rejects.toMatchObject({ code: "PATIENT_NOT_OPEN" });
  });
});
