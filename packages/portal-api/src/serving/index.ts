export type { BackgroundLoop, BackgroundWork, BackgroundWrites } from "./background.ts";
export type { RequestContext, Session, SessionFor, WorkContext } from "./context.ts";
export { type Handler, type HandlerAnswer, handle, type RegisteredHandler } from "./handle.ts";
