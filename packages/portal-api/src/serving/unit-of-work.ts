import type { AuditEntry, AuditRow } from "../audit/index.ts";
import type { OutgoingEvent } from "../event-stream/index.ts";

/** Who acts and from where; becomes the audit rows' columns. */
export interface Actor {
  readonly agentId: string | null;
  readonly sessionId: string | null;
  readonly origin: AuditRow["origin"];
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

export type Effect = (signal: AbortSignal) => Promise<void>;

/** Most of each that one unit of work may collect; more is a programming error, not a load. */
const collectedMax = 10_000;

/** What a handler asks for beside its own statements, kept until the commit. */
export class UnitOfWork {
  readonly entries: AuditEntry[] = [];
  readonly events: OutgoingEvent[] = [];
  readonly effects: Effect[] = [];
  actor: Actor;

  constructor(actor: Actor) {
    this.actor = actor;
  }

  audit(entry: AuditEntry): void {
    push(this.entries, entry);
  }

  publish(event: OutgoingEvent): void {
    push(this.events, event);
  }

  afterCommit(effect: Effect): void {
    push(this.effects, effect);
  }
}

function push<T>(list: T[], item: T): void {
  if (list.length >= collectedMax)
    throw new RangeError(`more than ${collectedMax} in one unit of work`);
  list.push(item);
}
