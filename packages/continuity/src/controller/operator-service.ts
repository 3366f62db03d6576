import {
  type Approval,
  currentStep,
  type DrillRecord,
  evaluateReadiness,
  keys,
  type Observation,
  orderedRun,
  type Readiness,
  type RunEvent,
  type RunRecord,
  readinessInputOf,
  rejoinTrouble,
  type Site,
  sentenceOf,
  writeOwned,
} from "@careline/continuity-core";
import type { Clock, Logger, Random } from "@careline/platform";
import type { ControllerConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import type { Actor } from "./actor.ts";
import type { ControllerLoop, Snapshot } from "./controller-loop.ts";
import { type ExpectedLoss, LossConfirmations } from "./expected-loss.ts";
import type {
  AutomationRequest,
  DrillReport,
  RunControlRequest,
  RunOrderRequest,
} from "./operator-requests.ts";
import type { QuorumObserver } from "./quorum-observer.ts";
import type { Region } from "./region.ts";
import { lagFromBeats, type Status, statusOf } from "./status.ts";

const DAY_MS = 86_400_000;

export type OperatorRole = "viewer" | "operator" | "approver";

/** A person, from the certificate. */
export interface Operator {
  readonly name: string;
  readonly role: OperatorRole;
}

export interface OperatorServiceDeps {
  readonly config: ControllerConfig;
  readonly loop: ControllerLoop;
  readonly quorum: QuorumObserver;
  readonly actor: Actor;
  readonly region: Region | null;
  /** Alarms beside those of the decision. */
  readonly alarms: () => readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** What people may ask of a controller; every write is journalled with who asked. */
export class OperatorService {
  readonly #deps: OperatorServiceDeps;
  readonly #confirmations: LossConfirmations;

  constructor(deps: OperatorServiceDeps) {
    this.#deps = deps;
    this.#confirmations = new LossConfirmations(deps.random.bytes(32));
  }

  status(): Status {
    const snapshot = this.#snapshot();
    const { config, region } = this.#deps;
    return statusOf({
      system: config.system,
      site: config.site,
      snapshot,
      sentence: sentenceOf(snapshot.decision),
      readiness: this.readiness(),
      lag: region?.observer.lag ?? null,
      alarms: [...this.#deps.alarms(), ...this.#returning(), ...this.#urgent()],
    });
  }

  readiness(): Readiness {
    const o = this.#snapshot().observation;
    const input = readinessInputOf(o);
    return evaluateReadiness({
      ...input,
      // Away from the primary the lag is known from the heartbeats.
      lagBytes: input.lagBytes ?? lagFromBeats(o).bytes,
      lastDrillAgeDays: this.#lastDrillAgeDays(),
    });
  }

  /** Errors: STORE_…. */
  async recordDrill(report: DrillReport, by: Operator, signal: AbortSignal): Promise<DrillRecord> {
    const { quorum, clock, log } = this.#deps;
    const record = { ...report, by: by.name, at: clock.wallNow().toISOString() };
    await quorum.recordDrill(record, signal);
    log.info({ scenario: record.scenario, outcome: record.outcome, by: by.name }, "drill recorded");
    return record;
  }

  /** Of the newest one that was kept, by the wall clocks: nothing for safety. */
  #lastDrillAgeDays(): number | null {
    const { quorum, clock } = this.#deps;
    const kept = quorum.drills().filter(({ outcome }) => outcome === "kept");
    const newest = Math.max(...kept.map(({ at }) => new Date(at).getTime()));
    const ageMs = clock.wallNow().getTime() - newest;
    return Number.isFinite(ageMs) ? Math.max(0, ageMs) / DAY_MS : null;
  }

  /** What would stop a region soon, whether or not anybody asks about readiness. */
  #urgent(): string[] {
    return this.readiness()
      .reasons.filter(({ code, blocks }) => blocks && (code === "disk" || code === "certificate"))
      .map(({ sentence }) => sentence);
  }

  /** A region that does not come back is otherwise only `rejoining`, for as long as whatever stops it lasts. */
  #returning(): string[] {
    const trouble = rejoinTrouble(this.#deps.quorum.runs().map(({ run }) => run));
    return trouble === null ? [] : [trouble];
  }

  expectedLoss(): ExpectedLoss {
    const { loop, clock } = this.#deps;
    const { observation } = this.#snapshot();
    return this.#confirmations.expected(observation, loop.missing(), clock.monotonicMs());
  }

  /** Errors: RUN_CONFLICT, NOT_READY, CONFIRMATION_MISSING, STORE_…. */
  async order(request: RunOrderRequest, by: Operator, signal: AbortSignal): Promise<RunRecord> {
    const ordered = await this.#deps.quorum.readOrdered(signal);
    const o = this.#fresh();
    const view = o.quorum.view;
    const primary = view?.term.record?.primary;
    if (view === null || primary === undefined || !o.quorum.isAnswering) {
      throw new ContinuityError("STORE_UNREACHABLE", "the quorum does not answer");
    }
    const moving = o.quorum.openRuns.find(
      ({ run }) => run.kind !== "rejoin" && run.kind !== "plan",
    );
    const isForced = request.kind === "failover";
    if (moving !== undefined && !isForced) {
      throw new ContinuityError("RUN_CONFLICT", `${moving.run.kind} ${moving.run.id} is under way`);
    }
    const to = request.kind === "failback" ? this.#deps.config.homeSite : request.to;
    if (to === primary) throw new ContinuityError("RUN_CONFLICT", `${to} is the primary already`);
    const run = isForced
      ? this.#forced(o, view, request, by)
      : this.#planned(o, view, { ...request, to }, by);
    if (!(await this.#deps.actor.begin(run, ordered, signal))) {
      throw new ContinuityError("RUN_CONFLICT", "another run was ordered at the same moment");
    }
    this.#deps.log.warn({ run: run.id, kind: run.kind, to, by: by.name }, "run ordered");
    this.#deps.loop.wake();
    return run;
  }

  /** Errors: NOT_FOUND, RUN_CONFLICT (with the reason). */
  async control(
    id: string,
    request: RunControlRequest,
    by: Operator,
    signal: AbortSignal,
  ): Promise<RunRecord> {
    const found = this.#deps.quorum.run(id);
    if (found === null) throw new ContinuityError("NOT_FOUND", `no run ${id}`);
    const event = this.#eventOf(found.run, request, by);
    const outcome = await this.#deps.actor.journal(id, event, signal);
    if ("refused" in outcome) throw new ContinuityError("RUN_CONFLICT", outcome.refused);
    this.#deps.log.warn({ run: id, action: request.action, by: by.name }, "run controlled");
    this.#deps.loop.wake();
    return outcome.run;
  }

  async setAutomation(
    request: AutomationRequest,
    by: Operator,
    signal: AbortSignal,
  ): Promise<Status["automation"]> {
    const { quorum, clock, log } = this.#deps;
    const { view, automation } = quorum;
    if (view === null) throw new ContinuityError("STORE_UNREACHABLE", "the quorum does not answer");
    const now = clock.wallNow();
    const until =
      request.enabled || request.minutes === undefined
        ? null
        : new Date(now.getTime() + request.minutes * 60_000).toISOString();
    const record = {
      enabled: request.enabled,
      by: by.name,
      reason: request.reason,
      changedAt: now.toISOString(),
      until,
    };
    const seen = automation ?? { record: null, revision: 0 };
    if (!(await quorum.apply(writeOwned(view, keys.automation, seen, record), signal))) {
      throw new ContinuityError("RUN_CONFLICT", "automation was changed meanwhile");
    }
    log.warn({ enabled: request.enabled, by: by.name, until }, "automation");
    this.#deps.loop.wake();
    return { enabled: record.enabled, by: record.by, reason: record.reason, until };
  }

  #planned(
    o: Observation,
    view: NonNullable<Observation["quorum"]["view"]>,
    request: {
      kind: "switchover" | "failback";
      to: "east" | "west";
      ignore: string[];
      reason: string;
    },
    by: Operator,
  ): RunRecord {
    const blocking = this.readiness().reasons.filter(
      (reason) => reason.blocks && !request.ignore.includes(reason.code),
    );
    if (blocking.length > 0) {
      throw new ContinuityError("NOT_READY", blocking.map((reason) => reason.sentence).join(" "), {
        details: { reasons: blocking.map((reason) => reason.code).join(",") },
      });
    }
    return orderedRun(o, view, {
      kind: request.kind,
      to: request.to,
      by: by.name,
      reason: request.reason,
      force: false,
      acceptGeoLoss: false,
      ignored: request.ignore,
    });
  }

  /** A loss of acknowledged geo writes, one beyond the plan's RPO, or an unknown one waits for two approvers besides whoever ordered it. */
  #forced(
    o: Observation,
    view: NonNullable<Observation["quorum"]["view"]>,
    request: Extract<RunOrderRequest, { kind: "failover" }>,
    by: Operator,
  ): RunRecord {
    const { clock, config } = this.#deps;
    const shown = this.#confirmations.check(request.confirmation, clock.monotonicMs());
    const loss = this.expectedLoss();
    const isWithinPlan = [shown, loss].every(
      ({ seconds }) => seconds !== null && seconds * 1_000 <= config.policy.rpoMs,
    );
    return orderedRun(o, view, {
      kind: "failover",
      to: request.to,
      by: by.name,
      reason: request.reason,
      force: true,
      acceptGeoLoss: !loss.geoComplete,
      approvals: isWithinPlan ? [] : ["approver", "approver"],
      shown,
      ignored: [],
    });
  }

  /** Of the step that waits for approvals. Errors: CONFIRMATION_MISSING without the figures that the person was shown. */
  #approval(run: RunRecord, { confirmation }: RunControlRequest, by: Operator): Approval {
    const { clock } = this.#deps;
    const waiting = run.steps.find(
      ({ definition, state }) => definition.approvals.length > 0 && state.kind !== "done",
    );
    return {
      step: waiting?.definition.name ?? currentStep(run)?.definition.name ?? "",
      role: by.role === "approver" ? "approver" : "operator",
      by: by.name,
      shown: this.#confirmations.check(confirmation ?? "", clock.monotonicMs()),
      at: clock.wallNow().toISOString(),
    };
  }

  #eventOf(run: RunRecord, request: RunControlRequest, by: Operator): RunEvent {
    const at = this.#deps.clock.wallNow().toISOString();
    const step = currentStep(run)?.definition.name ?? "";
    switch (request.action) {
      case "pause":
      case "resume":
        return { kind: request.action, by: by.name };
      case "cancel":
        return { kind: "cancel", by: by.name, at };
      case "ungraceful":
        return { kind: "make-ungraceful", by: by.name, at };
      case "skip":
        return { kind: "skip", step, by: by.name, reason: request.reason ?? "", at };
      case "approve":
        return { kind: "approve", approval: this.#approval(run, request, by) };
    }
  }

  #snapshot(): Snapshot {
    const { snapshot } = this.#deps.loop;
    if (snapshot === null) {
      throw new ContinuityError("STORE_UNREACHABLE", "this controller has not looked around yet");
    }
    return snapshot;
  }

  /** The last observation with a fresh id and time for what is ordered now. */
  #fresh(): Observation {
    const { random, clock, quorum } = this.#deps;
    const fresh = { id: random.uuid(), at: clock.wallNow().toISOString() };
    return { ...this.#snapshot().observation, quorum: quorum.seen(), fresh };
  }

  /** Which site this controller is of. */
  get site(): Site {
    return this.#deps.config.site;
  }
}
