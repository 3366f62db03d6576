import type { InputOf, RouteDefinition } from "@careline/portal-contract";
import type { z } from "zod";
import type { RequestContext } from "./context.ts";
import type { Incoming } from "./exchange.ts";

/** What a handler gives back: the body (parsed once more by the route's schema before it leaves) and its version for ETag. */
export type HandlerAnswer<R extends RouteDefinition> = R["answer"] extends z.ZodType
  ? { readonly body: z.input<R["answer"]>; readonly version?: number }
  : { readonly version?: number } | undefined;

export type Handler<R extends RouteDefinition> = (
  ctx: RequestContext<R>,
  input: InputOf<R>,
) => Promise<HandlerAnswer<R>>;

/** Everything that a handler may give back, types erased. Cookies and redirects are the foundation's own business. */
export interface RawAnswer {
  readonly body?: unknown;
  readonly version?: number;
  readonly redirectTo?: string;
  readonly cookies?: readonly string[];
}

/** A handler bound to its route, types erased; made by `handle` only. */
export interface RegisteredHandler {
  readonly route: RouteDefinition;
  readonly run: (
    ctx: RequestContext,
    input: InputOf<RouteDefinition>,
    prepared: unknown,
  ) => Promise<RawAnswer | undefined>;
  /** Runs before the transaction begins: for waiting on the network without holding a connection. */
  readonly prepare?: (incoming: Incoming, input: InputOf<RouteDefinition>) => Promise<unknown>;
}

/**
 * Registers what serves a route. The handler runs inside the request's one transaction; it throws
 * `PortalError` with a code that the route declares, and everything it wrote is rolled back.
 *
 *     handle(routes.addCallNote, async (ctx, { params, body }) => {
 *       const note = await insertNote(ctx.tx, params.callId, body, ctx.session.agentId, ctx.now);
 *       ctx.audit({ resourceType: "call_note", resourceId: note.noteId, patientId: note.patientId });
 *       ctx.publish({ kind: "callNoteAdded", data: { callId: params.callId }, audience: { agents: [ctx.session.agentId] } });
 *       return { body: note, version: note.version };
 *     });
 */
export function handle<R extends RouteDefinition>(route: R, run: Handler<R>): RegisteredHandler {
  return { route, run: run as unknown as RegisteredHandler["run"] };
}
