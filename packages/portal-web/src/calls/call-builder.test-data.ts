import type { Call } from "./call.ts";

/** A call for tests; everything that a test does not name is ordinary and fictional. */
export function aCall(over: Partial<Call> = {}): Call {
  return {
    callId: "0199c0de-0000-7000-8000-000000000001",
    version: 1,
    state: "connected",
    type: "inbound",
    status: null,
    queueId: null,
    programmeId: null,
    agentId: null,
    otherAgentId: null,
    language: "en",
    priority: 5,
    statedReason: null,
    callerPhoneNumber: "+15550100123",
    callStartTime: "2026-11-22T09:00:00.000Z",
    connectedAt: "2026-11-22T09:00:10.000Z",
    callEndTime: null,
    callDuration: null,
    wrapUpDueAt: null,
    agentRegion: "east",
    recordingUrl: null,
    recordingRegion: null,
    transcript: null,
    satisfactionRating: null,
    caller: null,
    patients: [],
    screen: null,
    wrapUp: {
      code: null,
      reason: null,
      resolution: null,
      followUpRequired: false,
      followUpDate: null,
    },
    offer: null,
    adverseEventIds: [],
    closeBlockedBy: [],
    ...over,
  };
}
