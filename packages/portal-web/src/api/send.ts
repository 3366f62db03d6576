import type { Problem } from "@careline/portal-contract/problems.ts";
import type {
  AnswerOf,
  BodyOf,
  ParamsOf,
  QueryOf,
  RouteDefinition,
} from "@careline/portal-contract/route.ts";
import type { RouteName, routes } from "@careline/portal-contract/routes.ts";
import { browserClock } from "../clock/index.ts";
import { addressOf } from "./address.ts";
import { type AnswerSignals, signalsOf } from "./answer-signals.ts";
import { ApiError } from "./api-error.ts";
import { retryAfterMs } from "./retry-after.ts";
import { routeTable } from "./route-table.ts";
import { storable } from "./storable-text.ts";

type Route<Name extends RouteName> = (typeof routes)[Name] extends RouteDefinition
  ? (typeof routes)[Name]
  : never;

/** The JSON body of a route's answer. */
export type Answer<Name extends RouteName> = AnswerOf<Route<Name>>;
export type Body<Name extends RouteName> = BodyOf<Route<Name>>;

/** Parts of a request. `background`: nobody typed it, so it must not postpone the lock. */
export interface RequestParts<Name extends RouteName> {
  readonly params?: ParamsOf<Route<Name>>;
  readonly query?: QueryOf<Route<Name>>;
  readonly body?: Body<Name>;
  readonly version?: number;
  readonly key?: string;
  readonly background?: boolean;
}

export interface Received<Name extends RouteName> {
  readonly data: Answer<Name>;
  readonly signals: AnswerSignals;
}

/** Longest wait for an answer. A geo write takes one round trip plus 100 ms; 8 s covers a failover's worst case. */
const answerDeadlineMs = 8_000;
export const clientName = "careline-web/0.1";

type Observer = (signals: AnswerSignals) => void;
const observers = new Set<Observer>();

/** Calls `observer` with what each answer says about the service, until the returned function is called. */
export function observeAnswers(observer: Observer): () => void {
  observers.add(observer);
  return () => observers.delete(observer);
}

/**
 * Sends one request by its name in the contract.
 * @throws ApiError, always; an aborted `signal` rejects with the signal's reason.
 * An abort does not undo a write that was on its way: repeat it with the same key.
 */
export async function send<Name extends RouteName>(
  name: Name,
  parts: RequestParts<Name>,
  signal: AbortSignal,
): Promise<Received<Name>> {
  const row = routeTable[name];
  const url = addressOf(row.path, parts.params ?? {}, parts.query ?? {});
  let response: Response;
  try {
    response = await fetch(url, {
      method: row.method,
      headers: headersOf(parts),
      credentials: "same-origin",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.any([signal, browserClock.deadline(answerDeadlineMs)]),
      ...(parts.body === undefined ? {} : { body: JSON.stringify(storable(parts.body)) }),
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw new ApiError({ kind: "unreachable" }, null, cause);
  }
  const signals = signalsOf(response.headers);
  for (const observer of observers) observer(signals);
  if (!response.ok) throw await failureOf(response);
  const data = response.status === 204 ? undefined : await bodyOf(response);
  // The server validated its answer against the same contract; its types are trusted here.
  return { data: data as Answer<Name>, signals };
}

function headersOf(parts: {
  readonly body?: unknown;
  readonly version?: number;
  readonly key?: string;
  readonly background?: boolean;
}): Record<string, string> {
  return {
    accept: "application/json, application/problem+json",
    "careline-client": clientName,
    ...(parts.body === undefined ? {} : { "content-type": "application/json" }),
    ...(parts.key === undefined ? {} : { "idempotency-key": parts.key }),
    ...(parts.version === undefined ? {} : { "if-match": `"${parts.version}"` }),
    ...(parts.background === true ? { "careline-activity": "background" } : {}),
  };
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new ApiError({ kind: "unreadable", status: response.status }, null, cause);
  }
}

async function failureOf(response: Response): Promise<ApiError> {
  const waitMs = retryAfterMs(response.headers);
  const isProblem = response.headers.get("content-type")?.includes("json") ?? false;
  const body = isProblem ? await bodyOf(response).catch(() => null) : null;
  if (isProblemDocument(body)) return new ApiError({ kind: "problem", problem: body }, waitMs);
  return new ApiError({ kind: "unreadable", status: response.status }, waitMs);
}

function isProblemDocument(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "status" in body;
}
