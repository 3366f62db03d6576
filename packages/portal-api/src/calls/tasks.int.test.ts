import { routes } from "@careline/portal-contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentsHandlers } from "../agents/index.ts";
import { callersHandlers } from "../callers/index.ts";
import { programmesHandlers } from "../programmes/index.ts";
import type { Session } from "../serving/index.ts";
import type { DomainStage } from "../testing/domain-stage.ts";
import { newId, openStaffedStage, type StaffedStage } from "../testing/staffed-stage.ts";
import { callsHandlers } from "./index.ts";

let desk: StaffedStage;
let stage: DomainStage;

beforeAll(async () => {
  desk = await openStaffedStage({ agents: 20, patients: 0 }, () => [
    ...callsHandlers,
    ...callersHandlers,
    ...agentsHandlers,
    ...programmesHandlers,
  ]);
  ({ stage } = desk);
});
afterAll(() => desk.close());

describe("caller, tasks, outbound calls", () => {
  it("keeps who is on the line, and refuses an edit of an old version", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const body = {
      name: "Ada Fictional",
      relationship: "parent",
      authority: {
        kind: "representative",
        verifiedBy: "document_on_file",
        scope: "medical",
        expiresOn: "2027-01-01",
      },
      safeContact: "after six",
    };
    const request = { params: { callId }, body, ifMatch: 1 };
    expect((await stage.ask(routes.putCaller, who, request)).body).toMatchObject({
      version: 2,
      authority: body.authority,
    });
    await expect(stage.ask(routes.putCaller, who, request)).rejects.toMatchObject({
      code: "STALE_VERSION",
    });
  });
  it("lists follow-ups by due time until they are done; a supervisor sees the team's [HCC-POR-02]", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const add = (dueAt: string) =>
      stage.ask(routes.addTask, who, {
        params: { callId },
        body: { taskId: newId(), kind: "follow_up", dueAt, instruction: "Ask how it went" },
      });
    const late = await add("2026-12-02T09:00:00.000Z");
    const early = await add("2026-12-01T09:00:00.000Z");
    const list = async (session: Session) =>
      (await stage.ask(routes.listTasks, session, { query: { kind: "follow_up" } })).body.items.map(
        (task) => task.taskId,
      );
    expect(await list(who)).toEqual([early.body.taskId, late.body.taskId]);
    expect(await list(await stage.sessionOf("supervisor01"))).toEqual(
      expect.arrayContaining([early.body.taskId]),
    );
    expect(await list(desk.anAgent())).toEqual([]);
    const done = { params: { taskId: early.body.taskId }, body: { outcome: "all well" } };
    await stage.ask(routes.completeTask, who, done);
    expect(await list(who)).toEqual([late.body.taskId]);
    await expect(stage.ask(routes.completeTask, desk.anAgent(), done)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
  it("dials a number and refuses a second call beside it [HCC-POR-01]", async () => {
    const who = desk.anAgent();
    const queues = (await stage.ask(routes.listProgrammes, who)).body.queues;
    const dial = (to: object) =>
      stage.ask(routes.dialCall, who, {
        body: { callId: newId(), queueId: queues[0]?.queueId, to },
      });
    const { body } = await dial({ kind: "number", phone: "+15555550123" });
    expect(body).toMatchObject({
      type: "outbound",
      state: "ringing",
      callerPhoneNumber: "+15555550123",
    });
    await expect(dial({ kind: "number", phone: "+15555550124" })).rejects.toMatchObject({
      code: "AGENT_BUSY",
    });
    const commands =
      await stage.owner`select command from portal.telephony_commands where call_id = ${body.callId}`;
    expect(commands).toMatchObject([{ command: { kind: "dial", to: "+15555550123" } }]);
    const params = { callId: body.callId };
    const cancelled = await stage.ask(routes.hangUpCall, who, { params, body: {} });
    expect(cancelled.body).toMatchObject({ state: "missed", status: "abandoned" });
    expect((await stage.ask(routes.readOwnProfile, who)).body.presence.state).toBe("available");
  });
  it("shows an agent the queues of their programmes only", async () => {
    const who = desk.anAgent();
    expect((await stage.ask(routes.listProgrammes, who)).body.queues).toHaveLength(3);
    const one = { ...who, programmeIds: who.programmeIds.slice(0, 1) };
    expect((await stage.ask(routes.listProgrammes, one)).body.queues).toHaveLength(1);
  });
});
