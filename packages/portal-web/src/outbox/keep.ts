import type { WriteOutcome } from "@careline/outbox";
import type { BodyOf, ParamsOf, RouteDefinition } from "@careline/portal-contract/route.ts";
import type { RouteName, routes } from "@careline/portal-contract/routes.ts";
import { addressOf, routeTable, storable } from "../api/index.ts";
import { currentWorkspace } from "./current-workspace.ts";

type Route<Name extends RouteName> = (typeof routes)[Name] extends RouteDefinition
  ? (typeof routes)[Name]
  : never;

/** A write that must not be lost. `record` orders the writes of one thing, e.g. `call:<id>`. */
export interface KeptWrite<Name extends RouteName> {
  readonly record: string;
  readonly params?: ParamsOf<Route<Name>>;
  readonly body?: BodyOf<Route<Name>>;
  /** Version that the person saw. */
  readonly version?: number;
  /** Made on top of an earlier write of the same record that may still wait. */
  readonly followsPrevious?: boolean;
}

export interface Kept {
  readonly id: string;
  /** The service's answer, whenever it comes; through failovers and other tabs. Rejects only when `signal` aborts. */
  outcome(signal: AbortSignal): Promise<WriteOutcome>;
}

/**
 * Stores a write sealed on this computer and queues it for sending. Resolves when it is stored: from then on
 * it survives a reload, a crash and the loss of a region. When the disk is full it is kept in memory, and the banner says so.
 * Errors: OUTBOX_FULL.
 */
export async function keep<Name extends RouteName>(
  name: Name,
  write: KeptWrite<Name>,
): Promise<Kept> {
  const workspace = currentWorkspace();
  if (workspace === null) throw new Error("nobody is signed in on this browser");
  const { method, path } = routeTable[name];
  if (method === "GET") throw new TypeError(`${name} is no write`);
  const id = await workspace.outbox.add(
    {
      recordKey: write.record,
      method,
      path: addressOf(path, write.params ?? {}, {}),
      ...(write.body === undefined ? {} : { body: storable(write.body) }),
      ...(write.version === undefined ? {} : { ifMatch: `"${write.version}"` }),
      ...(write.followsPrevious === undefined ? {} : { followsPrevious: write.followsPrevious }),
    },
    { volatile: "keep" },
  );
  return { id, outcome: (signal) => workspace.outbox.outcome(id, signal) };
}

/** A new UUIDv7 for a record that the browser creates. */
export function newRecordId(): string {
  const workspace = currentWorkspace();
  if (workspace === null) throw new Error("nobody is signed in on this browser");
  return workspace.outbox.newId();
}
