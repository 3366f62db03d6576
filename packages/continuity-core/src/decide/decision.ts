import type { TakeOverOrder } from "../keeper/index.ts";
import type { RunRecord } from "../runs/index.ts";
import type { SyncRecord } from "../store/index.ts";

/** Why nothing is done. Each has its sentence in `sentences`. */
export const holdReasons = [
  "keeper-silent",
  "keeper-halted",
  "store-empty",
  "quorum-lost-primary",
  "quorum-lost-standby",
  "quorum-lost-witness",
  "writes-suspended",
  "async-cannot-be-recorded",
  "primary-live",
  "standby-not-safe",
  "veto",
  "cooldown",
  "flapping",
  "automation-off",
  "busy",
  "run-paused",
  "run-elsewhere",
  "run-waiting",
  "no-data",
  "postgres-changing",
  "taking-over",
  "waiting-for-portals",
  "released-waiting",
  "serving-protected",
  "serving-unprotected",
  "standby-streaming",
  "standby-catching-up",
  "standby-lost-waiting",
  "witness-watching",
] as const;
export type HoldReason = (typeof holdReasons)[number];

/** What a controller does now. One per turn; the next turn looks again. */
export type Decision =
  | { readonly kind: "hold"; readonly why: HoldReason; readonly alarm: boolean }
  | { readonly kind: "start-primary" }
  | { readonly kind: "start-standby" }
  | { readonly kind: "restart-postgres" }
  /** The primary's database cannot be kept up: release the term without waiting. */
  | { readonly kind: "give-up" }
  | { readonly kind: "take-back" }
  | {
      readonly kind: "take-over";
      readonly order: TakeOverOrder;
      /** Journalled beside the take-over, never before it: the pause is shorter, and `term.run` names it if this is lost. */
      readonly run: RunRecord;
      readonly alarm: boolean;
    }
  /** The term names a run that is not in the journal: its controller died first. */
  | { readonly kind: "adopt-run"; readonly run: RunRecord }
  | { readonly kind: "begin-rejoin"; readonly run: RunRecord }
  | { readonly kind: "continue-run"; readonly run: string }
  | { readonly kind: "supersede-run"; readonly run: string; readonly why: string }
  /** Redis goes where the term is, also when the run that should have moved it ended early. */
  | { readonly kind: "promote-redis" }
  | { readonly kind: "follow-redis"; readonly primary: "east" | "west" }
  /** What the plan says about writes of class geo while unprotected, told to a keeper that does not know it. */
  | { readonly kind: "accept-unprotected"; readonly accept: boolean }
  | { readonly kind: "suspend-writes" }
  | { readonly kind: "resume-writes" }
  /** Weakening, in this order. */
  | { readonly kind: "record-async"; readonly sync: SyncRecord }
  | { readonly kind: "revoke-geo" }
  | { readonly kind: "relax-sync" }
  /** Strengthening, in this order. */
  | { readonly kind: "enforce-sync" }
  | { readonly kind: "commit-canary" }
  | { readonly kind: "record-sync"; readonly sync: SyncRecord }
  | { readonly kind: "announce-geo"; readonly generation: number }
  /** A standby that streams but is not synchronous yet: which data it is, so that an operator may force it. */
  | { readonly kind: "record-standby"; readonly sync: SyncRecord };

export type DecisionKind = Decision["kind"];

/** What operators read: in the log, in `careline explain` and in docs/reference/decisions.md. */
export const sentences: Readonly<Record<Exclude<DecisionKind, "hold"> | HoldReason, string>> = {
  "keeper-silent":
    "This site's keeper does not answer: nothing is decided for it, and its deadline runs.",
  "keeper-halted":
    "Another keeper acts for this site: nothing is decided until the keeper is restarted.",
  "store-empty": "The quorum store holds no term yet: the installation has to be initialised.",
  "quorum-lost-primary":
    "The quorum does not answer: the primary goes on as long as the promise of the standby holds, and fences itself after.",
  "quorum-lost-standby": "The quorum does not answer: no take-over is possible.",
  "quorum-lost-witness": "The quorum does not answer: the witness watches and alarms.",
  "writes-suspended": "Writes stay stopped: neither the quorum nor the standby would know of them.",
  "async-cannot-be-recorded":
    "The standby is lost and the quorum does not answer: going asynchronous cannot be recorded, so geo writes wait.",
  "primary-live": "The primary holds its lease or its promise: nothing to do.",
  "standby-not-safe":
    "The primary has lapsed, but this standby is neither recorded as safe nor known to be within the RPO bound: unknown state means no.",
  veto: "The primary has lapsed, but a site still sees it serving: the take-over waits, at most 5 s.",
  cooldown: "The last completed failover is too recent: the next automatic one waits.",
  flapping:
    "As many automatic failovers as the plan allows completed within the last hour: find what keeps failing, then order the next one (careline failover), or wait until the hour is over.",
  "automation-off": "Automation is switched off: nothing destructive happens by itself.",
  busy: "A local action is still going on.",
  "run-paused": "A run is paused by a person, or waits for approval.",
  "run-waiting": "This site's step of a run is under way.",
  "run-elsewhere": "The next step of the run belongs to another site.",
  "no-data":
    "The primary's data directory cannot be used and nobody may take over: a person must decide.",
  "postgres-changing": "PostgreSQL is starting or stopping.",
  "taking-over": "The keeper is taking over: its txn, the gate or the promotion is on its way.",
  "waiting-for-portals": "The term is being given up: portals confirm, then PostgreSQL stops.",
  "released-waiting": "The term was given up: the other region is about to take it.",
  "serving-protected":
    "Serving; geo writes wait for the standby, which is recorded as safe to promote.",
  "serving-unprotected": "Serving without protection: no standby streams.",
  "standby-streaming": "Following the primary.",
  "standby-catching-up":
    "Serving; the standby streams but has not caught up for long enough to be made synchronous.",
  "standby-lost-waiting":
    "The standby is lost: synchronous replication is kept until it may be weakened.",
  "witness-watching": "The witness votes and watches.",
  "start-primary": "The term is this site's: renew its lease, then start PostgreSQL.",
  "start-standby":
    "The term is the other site's and this directory can follow it: start as its standby.",
  "restart-postgres":
    "PostgreSQL died and its restart budget allows it: restart in place, in the same term.",
  "give-up":
    "PostgreSQL died, its restart budget is used up and the standby is safe: give the term up at once.",
  "take-back":
    "Nobody took the released term, or its run was cancelled: take the lease back and go on.",
  "take-over":
    "The primary is dead or isolated, by quorum, and this standby may take over: begin a new term.",
  "adopt-run": "The term names a run without a journal: write the journal and complete it.",
  "begin-rejoin":
    "The term is the other site's and this directory cannot simply follow: quarantine its tail, report it, rewind or clone, follow.",
  "continue-run": "The next step of an open run is this site's.",
  "supersede-run": "A newer term made this run pointless: nothing of it may be applied any more.",
  "promote-redis": "This region serves and its Redis is still a replica: let it take writes.",
  "follow-redis": "This region follows and its Redis still takes writes: let it follow as well.",
  "accept-unprotected":
    "The keeper learns whether geo writes are acknowledged, so labelled, while no standby protects them.",
  "suspend-writes":
    "Neither quorum nor standby was reached for longer than the RPO bound: local writes stop too.",
  "resume-writes": "The quorum or the standby is reached again: local writes go on.",
  "record-async":
    "Weaken, first: record in quorum that the standby is not safe, with the floor of geo writes.",
  "revoke-geo": "Weaken, second: no portal may call a write geo any more.",
  "relax-sync": "Weaken, last: PostgreSQL stops waiting for the standby.",
  "enforce-sync": "Strengthen, first: PostgreSQL waits for the standby.",
  "commit-canary": "Strengthen, second: see a commit wait for the standby and read its position.",
  "record-sync":
    "Strengthen, third: the standby has that position, so record it as safe to promote.",
  "announce-geo": "Strengthen, last: portals may call writes geo under a new generation.",
  "record-standby": "Record which data the standby holds, not yet safe to promote.",
};

/** The sentence of a decision. */
export function sentenceOf(decision: Decision): string {
  return sentences[decision.kind === "hold" ? decision.why : decision.kind];
}

export function hold(why: HoldReason, alarm = false): Decision {
  return { kind: "hold", why, alarm };
}
