import type {
  CarrierCommand,
  ProviderEventData,
} from "@careline/portal-contract/telephony/schemas.ts";

/** A call as the carrier holds it. The media live here, so a region's loss changes nothing of it. */
export interface CarriedCall {
  readonly providerCallId: string;
  readonly direction: "inbound" | "outbound";
  readonly state:
    | "queued"
    | "dialling"
    | "connected"
    | "held"
    | "consulting"
    | "conferenced"
    | "ended";
  readonly agentId: string | null;
  readonly otherAgentId: string | null;
}

export interface Step {
  readonly call: CarriedCall;
  readonly event: ProviderEventData | null;
  /** False: the command meant nothing in this state; nothing changed. */
  readonly applied: boolean;
}

type Command = Exclude<CarrierCommand["command"], { kind: "dial" }>;

const nothing = (call: CarriedCall): Step => ({ call, event: null, applied: false });
const already = (call: CarriedCall): Step => ({ call, event: null, applied: true });

function connect(call: CarriedCall, agentId: string): Step {
  if (call.state === "connected" && call.agentId === agentId) return already(call);
  if (call.state !== "queued") return nothing(call);
  return {
    call: { ...call, state: "connected", agentId },
    event: { kind: "connected", agentId },
    applied: true,
  };
}

function withAgents(call: CarriedCall): { agentId: string; otherAgentId: string } | null {
  return call.agentId === null || call.otherAgentId === null
    ? null
    : { agentId: call.agentId, otherAgentId: call.otherAgentId };
}

function consult(call: CarriedCall, otherAgentId: string): Step {
  const { agentId } = call;
  if (agentId === null || (call.state !== "connected" && call.state !== "held"))
    return nothing(call);
  return {
    call: { ...call, state: "consulting", otherAgentId },
    event: { kind: "consulting", agentId, otherAgentId },
    applied: true,
  };
}

function conference(call: CarriedCall): Step {
  const agents = withAgents(call);
  if (agents === null || call.state !== "consulting") return nothing(call);
  return {
    call: { ...call, state: "conferenced" },
    event: { kind: "conferenced", ...agents },
    applied: true,
  };
}

function completeTransfer(call: CarriedCall): Step {
  const agents = withAgents(call);
  if (agents === null || (call.state !== "consulting" && call.state !== "conferenced")) {
    return nothing(call);
  }
  return {
    call: { ...call, state: "connected", agentId: agents.otherAgentId, otherAgentId: null },
    event: { kind: "transferred", agentId: agents.agentId, toAgentId: agents.otherAgentId },
    applied: true,
  };
}

/** What a command does to a call. Pure. */
export function applyCommand(call: CarriedCall, command: Command): Step {
  if (call.state === "ended") return nothing(call);
  const { agentId } = call;
  switch (command.kind) {
    case "connect":
      return connect(call, command.agentId);
    case "hold":
      if (call.state !== "connected" || agentId === null) return nothing(call);
      return { call: { ...call, state: "held" }, event: { kind: "held", agentId }, applied: true };
    case "resume":
      if (call.state !== "held" || agentId === null) return nothing(call);
      return {
        call: { ...call, state: "connected" },
        event: { kind: "resumed", agentId },
        applied: true,
      };
    case "consult":
      return consult(call, command.otherAgentId);
    case "conference":
      return conference(call);
    case "complete_transfer":
      return completeTransfer(call);
    case "return_to_caller":
      if ((call.state !== "consulting" && call.state !== "conferenced") || agentId === null) {
        return nothing(call);
      }
      return {
        call: { ...call, state: "connected", otherAgentId: null },
        event: { kind: "resumed", agentId },
        applied: true,
      };
    case "requeue":
      if (call.state === "queued") return already(call);
      if (call.state === "dialling") return nothing(call);
      return {
        call: { ...call, state: "queued", agentId: null, otherAgentId: null },
        event: { kind: "requeued" },
        applied: true,
      };
    case "hang_up":
      return end(call, "agent");
  }
}

/** The end of a call, whoever ends it. */
export function end(call: CarriedCall, by: "caller" | "agent" | "carrier" | "no_answer"): Step {
  if (call.state === "ended") return nothing(call);
  return { call: { ...call, state: "ended" }, event: { kind: "ended", by }, applied: true };
}

/** The callee of an outbound call picks up, or their voicemail does. */
export function calleePicksUp(call: CarriedCall, isVoicemail: boolean): Step {
  if (call.state !== "dialling" || call.agentId === null) return nothing(call);
  if (isVoicemail) {
    return {
      call: { ...call, state: "ended" },
      event: { kind: "voicemail", seconds: 0 },
      applied: true,
    };
  }
  return {
    call: { ...call, state: "connected" },
    event: { kind: "connected", agentId: call.agentId },
    applied: true,
  };
}
