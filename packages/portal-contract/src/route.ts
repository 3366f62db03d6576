import type { z } from "zod";
import type { ProblemCode } from "./problems.ts";
import type { Permission, Role } from "./roles.ts";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * How a route's commit is kept. `geo` waits for the other region, `local` for this region's disk;
 * `read` changes nothing but the audit trail (its row commits `local`).
 */
export type DurabilityClass = "geo" | "local" | "read";

/** Who may call a route. */
export type Access =
  | { readonly kind: "public" }
  | {
      readonly kind: "session";
      readonly roles: readonly Role[];
      /** All of these are needed beside the role. */
      readonly permissions?: readonly Permission[];
      /** Whether a locked session may still call it. Default false: 423 SESSION_LOCKED. */
      readonly whileLocked?: boolean;
    }
  /** A machine outside that signs its requests; the handler verifies the signature over the raw body. */
  | { readonly kind: "signed"; readonly by: string };

/**
 * One operation of the portal. The table of routes is made of these: the API serves it, the screens
 * and the simulated agents call by it, OpenAPI 3.1 is generated from it.
 */
export interface RouteDefinition {
  readonly method: HttpMethod;
  /** Parameters as `:name`, e.g. `/api/calls/:callId/notes`. */
  readonly path: `/${string}`;
  /** One sentence for the reader of the OpenAPI document. */
  readonly summary: string;
  /** Folder of the slice that serves it, e.g. `calls`. */
  readonly slice: string;
  readonly access: Access;
  readonly durability: DurabilityClass;
  /** Path parameters, query, body: strict objects. Left out = none are taken. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The answer's body; null = an empty 204. */
  readonly answer: z.ZodType | null;
  /** `json` by default; `redirect` and `events` are served by the foundation itself. */
  readonly answers?: "json" | "redirect" | "events";
  /** 200 by default (204 without a body). */
  readonly status?: 200 | 201 | 202 | 204 | 303;
  /** Action of the audit row that each call of this route leaves; null = none. Snake case, e.g. `call_note_add`. */
  readonly audit: string | null;
  /** Codes of the domain's own rules. Those of the foundation are added by `problemsOf`. */
  readonly errors?: readonly ProblemCode[];
  /** True: If-Match with the version is required (428 without, 412 when stale) and answers carry ETag. */
  readonly ifMatch?: boolean;
  /** False only where the sender cannot make a key (webhooks, whose events carry an id). Default true for writes. */
  readonly idempotent?: boolean;
  /** True: a GET that hot standbys may answer while no region is writable. Default true for `read`. */
  readonly emergency?: boolean;
  /** Largest body, in bytes. Default 65,536. */
  readonly bodyLimitBytes?: number;
  /** False: calling it does not count as the person's activity (postpone the lock). Default true. */
  readonly activity?: boolean;
}

/** Declares a route, keeping the exact types of its schemas. */
export function route<const R extends RouteDefinition>(definition: R): R {
  return definition;
}

export function isWrite(definition: RouteDefinition): boolean {
  return definition.durability !== "read";
}

/** Whether the route takes an Idempotency-Key. */
export function takesKey(definition: RouteDefinition): boolean {
  return isWrite(definition) && definition.idempotent !== false;
}

export function statusOf(definition: RouteDefinition): number {
  return definition.status ?? (definition.answer === null ? 204 : 200);
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;
type Sent<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a handler receives: each part parsed. */
export interface InputOf<R extends RouteDefinition> {
  readonly params: Parsed<R["params"]>;
  readonly query: Parsed<R["query"]>;
  readonly body: Parsed<R["body"]>;
}

/** The answer's body as a client receives it (JSON). */
export type AnswerOf<R extends RouteDefinition> = R["answer"] extends z.ZodType
  ? z.output<R["answer"]>
  : undefined;

/** The body as a client sends it. */
export type BodyOf<R extends RouteDefinition> = Sent<R["body"]>;
export type ParamsOf<R extends RouteDefinition> = Sent<R["params"]>;
export type QueryOf<R extends RouteDefinition> = Sent<R["query"]>;

/**
 * The address of a route with its parameters filled in, e.g.
 * `urlOf(routes.readCall, { callId })` → `/api/calls/0199…`.
 */
export function urlOf(
  definition: RouteDefinition,
  params: Readonly<Record<string, string | number>> = {},
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
): string {
  const path = definition.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${definition.path} needs ${name}`);
    return encodeURIComponent(String(value));
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
