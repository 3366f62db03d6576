import { describe, expect, it } from "vitest";
import { applyCommand, type CarriedCall, calleePicksUp, end } from "./call-machine.ts";

const ada = "0198f1aa-0000-7000-8000-00000000000a";
const ben = "0198f1aa-0000-7000-8000-00000000000b";
const aCall = (over: Partial<CarriedCall> = {}): CarriedCall => ({
  providerCallId: "p1",
  direction: "inbound",
  state: "queued",
  agentId: null,
  otherAgentId: null,
  ...over,
});
const connected = aCall({ state: "connected", agentId: ada });

describe("the carrier's calls", () => {
  it("connect a waiting caller to one agent, and never to a second", () => {
    const first = applyCommand(aCall(), { kind: "connect", agentId: ada });
    expect(first.event).toEqual({ kind: "connected", agentId: ada });
    expect(applyCommand(first.call, { kind: "connect", agentId: ben })).toMatchObject({
      applied: false,
      call: { agentId: ada },
    });
  });
  it("answer a repeated connect of the same agent without a second event", () => {
    expect(applyCommand(connected, { kind: "connect", agentId: ada })).toEqual({
      call: connected,
      event: null,
      applied: true,
    });
  });
  it("go through hold, consultation and a completed transfer", () => {
    const held = applyCommand(connected, { kind: "hold" }).call;
    const consulting = applyCommand(held, { kind: "consult", otherAgentId: ben }).call;
    const done = applyCommand(consulting, { kind: "complete_transfer" });
    expect(done.event).toEqual({ kind: "transferred", agentId: ada, toAgentId: ben });
    expect(done.call).toMatchObject({ state: "connected", agentId: ben, otherAgentId: null });
  });
  it("go back to the queue from a conversation, but not while the callee is dialled", () => {
    expect(applyCommand(connected, { kind: "requeue" }).call).toMatchObject({
      state: "queued",
      agentId: null,
    });
    const dialling = aCall({ direction: "outbound", state: "dialling", agentId: ada });
    expect(applyCommand(dialling, { kind: "requeue" }).applied).toBe(false);
  });
  it("end once", () => {
    const ended = end(connected, "caller");
    expect(ended.event).toEqual({ kind: "ended", by: "caller" });
    expect(end(ended.call, "agent")).toMatchObject({ event: null, applied: false });
    expect(applyCommand(ended.call, { kind: "hold" }).applied).toBe(false);
  });
  it("connect an outbound call when the callee picks up, and not when a voicemail does", () => {
    const dialling = aCall({ direction: "outbound", state: "dialling", agentId: ada });
    expect(calleePicksUp(dialling, false).event).toEqual({ kind: "connected", agentId: ada });
    expect(calleePicksUp(dialling, true).call.state).toBe("ended");
    expect(calleePicksUp(connected, false).applied).toBe(false);
  });
});
