export type { ProblemDefinition } from "./basic-problems.ts";
export { type EventDefinition, type EventEnvelope, event, eventEnvelopeSchema } from "./event.ts";
export { type EventData, type EventKind, events } from "./events.ts";
export {
  formatPosition,
  type HeaderName,
  headerNames,
  type LogPosition,
  lsnValue,
  parsePosition,
} from "./headers.ts";
export * from "./identity/index.ts";
export {
  isProblemCode,
  type Problem,
  type ProblemCode,
  problemCodes,
  problemSchema,
  problems,
} from "./problems.ts";
export {
  everyRole,
  type Permission,
  permissionSchema,
  permissions,
  type Role,
  roleSchema,
  roles,
  type Site,
  siteSchema,
  sites,
  supervisingRoles,
} from "./roles.ts";
export {
  type Access,
  type AnswerOf,
  type BodyOf,
  type DurabilityClass,
  type HttpMethod,
  type InputOf,
  isWrite,
  type ParamsOf,
  type QueryOf,
  type RouteDefinition,
  route,
  statusOf,
  takesKey,
  urlOf,
} from "./route.ts";
export { problemsOf, type RouteName, routes } from "./routes.ts";
export { idSchema, instantSchema, pageOf, pageQueryShape, versionSchema } from "./shapes.ts";
export { serviceStatusSchema } from "./system-routes.ts";
export { type Term, termSchema } from "./terms.ts";
