import type { InputOf, RouteDefinition } from "@careline/portal-contract";
import type { z } from "zod";
import type { RequestContext } from "./context.ts";

/** What a handler gives back: the body (parsed once more by the route's schema before it leaves) and its version for ETag. */
export type HandlerAnswer<R extends RouteDefinition> = R["answer"] extends z.ZodType
  ? { readonly body: z.input<R["answer"]>; readonly version?: number }
  : { readonly version?: number } | undefined;

export type Handler<R extends RouteDefinition> = (
  ctx: RequestContext<R>,
  input: InputOf<R>,
) => Promise<HandlerAnswer<R>>;

/** A handler bound to its route, types erased; made by `handle` only. */
export interface RegisteredHandler {
  readonly route: RouteDefinition;
  readonly run: (
    ctx: RequestContext,
    input: InputOf<RouteDefinition>,
  ) => Promise<{ readonly body?: unknown; readonly version?: number } | undefined>;
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
