import { routes } from "@careline/portal-contract";
import {
  type BackgroundLoop,
  handle,
  type RegisteredHandler,
  type Session,
} from "../serving/index.ts";
import type { BoardScope } from "./board-model.ts";
import { LiveBoard, type LiveBoardDeps } from "./live-board.ts";

/** A supervisor sees their team, a manager their programmes, an administrator everything. */
function scopeOf(session: Session): BoardScope {
  if (session.role === "admin") return { teamId: null, programmeIds: null };
  const teamId = session.role === "supervisor" ? (session.teamId ?? "none") : null;
  return { teamId, programmeIds: session.programmeIds };
}

/** The live board: its route and the loop that feeds it and Redis. */
export function boardServices(deps: LiveBoardDeps): {
  readonly handlers: readonly RegisteredHandler[];
  readonly loop: BackgroundLoop;
} {
  const board = new LiveBoard(deps);
  const readBoard = handle(routes.readBoard, async (ctx) => ({
    body: await board.snapshot(ctx.session.agentId, scopeOf(ctx.session), ctx.signal),
  }));
  return {
    handlers: [readBoard],
    loop: { name: "board", run: async (signal) => board.run(signal) },
  };
}
