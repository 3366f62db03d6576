export { findCaller, refuseUnauthorised } from "./admission.ts";
export type { BackgroundLoop, BackgroundWork, BackgroundWrites } from "./background.ts";
export { createBackgroundWrites } from "./background-writes.ts";
export type { RequestContext, Session, SessionFor, WorkContext } from "./context.ts";
export { portalErrorFrom } from "./error-from-thrown.ts";
export type { Finish, Incoming, Outgoing } from "./exchange.ts";
export {
  type Handler,
  type HandlerAnswer,
  handle,
  type RawAnswer,
  type RegisteredHandler,
} from "./handle.ts";
export { type EncodedAnswer, encodeAnswer, outgoing } from "./outgoing.ts";
export { parseInput } from "./parse-input.ts";
export { RateLimiter } from "./rate-limiter.ts";
export { type EmergencyServer, type ServeDeps, serve } from "./serve.ts";
export type { ServingDeps } from "./serving-deps.ts";
export type { KnownSession, SessionReader } from "./session-reader.ts";
export { UnitOfWork } from "./unit-of-work.ts";
export { actorOf, requestContext, settingsOf } from "./work-context.ts";
