import { checkParameters, keys, sentenceOf, writeOwned } from "@careline/continuity-core";
import {
  type Clock,
  ConfigError,
  createMetrics,
  describeError,
  Gauge,
  type Logger,
  type Random,
} from "@careline/platform";
import type { ControllerConfig } from "../config.ts";
import { openStore, QuorumRecords, type QuorumStore } from "../store/index.ts";
import { Actor } from "./actor.ts";
import { Bootstrap } from "./bootstrap.ts";
import { ControllerLoop } from "./controller-loop.ts";
import { buildOperatorApi } from "./operator-api.ts";
import { OperatorService } from "./operator-service.ts";
import { QuorumObserver } from "./quorum-observer.ts";
import { Region } from "./region.ts";
import { Salvage } from "./salvage.ts";
import { SiteBeat } from "./site-beat.ts";
import { Surroundings } from "./surroundings.ts";
import { TermJournal } from "./term-journal.ts";

export interface ControllerDeps {
  readonly config: ControllerConfig;
  readonly version: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const RETRY_MS = 500;
const HOUSEKEEPING_MS = 2_000;
const RUNS_KEPT = 40;
const RETENTION_EACH_MS = 3_600_000;

/** The controller of a site until `signal` aborts. Nothing that it holds must survive it: the next one reads it all. */
export async function runController(deps: ControllerDeps, signal: AbortSignal): Promise<void> {
  const { config, clock, log, random } = deps;
  refuseUnsafe(config, log);
  const bootId = random.uuid();
  const store = openStore(config.store, config.system, config.parameters.requestTimeoutMs, clock);
  const channel = store.channel(3);
  const quorum = new QuorumObserver({
    records: new QuorumRecords(store.channel(), channel),
    channel,
    clock,
    log,
  });
  const region = config.region === undefined ? null : new Region(config, { clock, random, log });
  const surroundings = new Surroundings(config, clock);
  const terms = new TermJournal(channel, clock, log);
  const salvage = new Salvage({ config, channel, clock, log });
  const registry = createMetrics("controller", config.site);
  const actor = new Actor({ quorum, region, clock, log, wake: () => loop.wake() });
  const api = { publish: (_event: Readonly<Record<string, unknown>>): void => undefined };
  const loop: ControllerLoop = new ControllerLoop({
    site: config.site,
    bootId,
    policy: {
      ...config.policy,
      weakenAfterMs: config.parameters.weakenAfterMs,
      vetoMs: config.parameters.vetoMs,
    },
    quorum,
    region,
    actor,
    bootstrap: bootstrapOf(deps, region, quorum),
    beat: new SiteBeat({
      config,
      version: deps.version,
      bootId,
      channel: store.channel(),
      clock,
      log,
    }),
    surroundings,
    clock,
    random,
    log,
    onDecision: publishChanges((event) => api.publish(event)),
  });
  const service = new OperatorService({ config, loop, quorum, actor, region, clock, random, log });
  const operatorApi = buildOperatorApi({
    config,
    version: deps.version,
    service,
    quorum,
    terms,
    salvage,
    registry,
    clock,
    signal,
  });
  api.publish = operatorApi.publish;
  exportStatus(registry, service);
  try {
    await operatorApi.app.listen({ host: config.listen.host, port: config.listen.port });
    log.info({ port: config.listen.port, bootId }, "controller ready");
    const house = { quorum, terms, loop, store, salvage, deps };
    await Promise.all([
      loop.run(signal),
      surroundings.watch(() => quorum.view?.term.record?.primary ?? null, signal),
      followStore(store, quorum, loop, deps, signal),
      region === null ? null : followKeeper(region, loop, deps, signal),
      keepHouse(house, signal),
    ]);
  } finally {
    await operatorApi.app.close();
    await Promise.all([surroundings.close(), region?.close(), store.close()]);
  }
}

function bootstrapOf(
  deps: ControllerDeps,
  region: Region | null,
  quorum: QuorumObserver,
): Bootstrap | null {
  if (region === null) return null;
  const { config, random, log } = deps;
  return new Bootstrap({
    site: region.site,
    homeSite: config.homeSite,
    parameters: config.parameters,
    copies: region.copies,
    quorum,
    random,
    log,
  });
}

/** One event per change of decision, not one per turn. */
function publishChanges(
  publish: (event: Readonly<Record<string, unknown>>) => void,
): ConstructorParameters<typeof ControllerLoop>[0]["onDecision"] {
  let last = "";
  return (decision, observation) => {
    const run = observation.quorum.openRuns[0]?.run ?? null;
    const event = {
      kind: "decision",
      decision: decision.kind,
      sentence: sentenceOf(decision),
      term: observation.quorum.view?.term.record?.term ?? null,
      run: run === null ? null : { id: run.id, kind: run.kind, state: run.state.kind },
    };
    const text = JSON.stringify(event);
    if (text === last) return;
    last = text;
    publish(event);
  };
}

/** Wakes the loop on changes; the loop's own reads are what decides, so a broken watch only costs time. */
async function followStore(
  store: QuorumStore,
  quorum: QuorumObserver,
  loop: ControllerLoop,
  { clock, log }: ControllerDeps,
  signal: AbortSignal,
): Promise<void> {
  const channel = store.channel();
  while (!signal.aborted) {
    try {
      const { storeRevision } = await channel.read([keys.store], signal);
      for await (const event of channel.watch("", storeRevision + 1, signal)) {
        if (!quorum.take(event)) continue;
        if (event.key === keys.lease) loop.hurry();
        else loop.wake();
      }
    } catch (thrown) {
      if (signal.aborted) return;
      log.debug({ error: describeError(thrown) }, "the watch ended");
    }
    await clock.sleep(RETRY_MS, signal).catch(() => undefined);
  }
}

/** Wakes the loop when the keeper's phase changes or the primary lapses. */
async function followKeeper(
  region: Region,
  loop: ControllerLoop,
  { clock }: ControllerDeps,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const line of region.keeper.notices(signal)) {
        if (line.includes('"lapsed"')) loop.hurry();
        else if (line !== "" && !line.includes('"beat"')) loop.wake();
      }
    } catch {
      if (signal.aborted) return;
    }
    await clock.sleep(RETRY_MS, signal).catch(() => undefined);
  }
}

interface House {
  readonly quorum: QuorumObserver;
  readonly terms: TermJournal;
  readonly loop: ControllerLoop;
  readonly store: QuorumStore;
  readonly salvage: Salvage;
  readonly deps: ControllerDeps;
}

/** What is done now and then: phases noted, old runs pruned, the store led from the witness, automation's end. */
async function keepHouse(house: House, signal: AbortSignal): Promise<void> {
  const { quorum, terms, loop, deps } = house;
  const { clock, log, config } = deps;
  const channel = house.store.channel();
  let retainedAtMs = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    await clock.sleep(HOUSEKEEPING_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await terms.note(quorum.view, loop.snapshot?.keeper ?? null, signal);
      const isSeen = loop.snapshot?.observation.quorum.sites.witness;
      const isWitnessThere = isSeen !== undefined && isSeen.ageMs < HOUSEKEEPING_MS * 2;
      if (config.site !== "witness" && isWitnessThere) {
        const moved = await channel.handLeadershipTo("witness", signal);
        if (moved) log.info("the store is led from the witness again");
      }
      if (config.site === "witness") await terms.prune(quorum.runs(), RUNS_KEPT, signal);
      await endAutomationPause(quorum, deps, signal);
      const isOn = quorum.automation?.record?.enabled ?? true;
      if (isOn && clock.monotonicMs() - retainedAtMs >= RETENTION_EACH_MS) {
        retainedAtMs = clock.monotonicMs();
        await house.salvage.retain(signal);
      }
    } catch (thrown) {
      if (signal.aborted) return;
      log.debug({ error: describeError(thrown) }, "housekeeping failed");
    }
  }
}

/** Automation that was switched off for a time goes on again by itself. */
async function endAutomationPause(
  quorum: QuorumObserver,
  { clock, log }: ControllerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { automation, view } = quorum;
  const record = automation?.record;
  if (!record || record.enabled || record.until === null || view === null) return;
  const now = clock.wallNow();
  if (new Date(record.until).getTime() > now.getTime()) return;
  const next = {
    enabled: true,
    by: "expiry",
    reason: `switched off by ${record.by} until ${record.until}`,
    changedAt: now.toISOString(),
    until: null,
  };
  if (await quorum.apply(writeOwned(view, keys.automation, automation, next), signal)) {
    log.warn("automation is on again: its pause ended");
  }
}

function exportStatus(registry: ReturnType<typeof createMetrics>, service: OperatorService): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        try {
          this.set(read());
        } catch {
          this.set(Number.NaN);
        }
      },
    });
  };
  gauge("careline_controller_term", "Newest term.", () => service.status().term ?? 0);
  gauge("careline_protected", "1 while geo writes wait for a safe standby.", () =>
    service.status().protected ? 1 : 0,
  );
  gauge(
    "careline_standby_lag_bytes",
    "Log that the standby lacks.",
    () => service.status().lag.bytes ?? Number.NaN,
  );
  gauge(
    "careline_standby_lag_seconds",
    "Age of what the standby lacks.",
    () => service.status().lag.seconds ?? Number.NaN,
  );
  gauge("careline_readiness_score", "0 to 100.", () => service.readiness().score);
  gauge(
    "careline_alarms",
    "Alarms that this controller raises now.",
    () => service.status().alarms.length,
  );
}

/** Errors: CONFIG_INVALID for parameters under which two regions could acknowledge, and for the root account. */
function refuseUnsafe(config: ControllerConfig, log: Logger): void {
  if (process.getuid?.() === 0) {
    throw new ConfigError("CONFIG_INVALID", "database commands must not run as root");
  }
  for (const fault of checkParameters(config.parameters)) {
    if (fault.severity === "safety") throw new ConfigError("CONFIG_INVALID", fault.sentence);
    log.warn({ rule: fault.rule }, fault.sentence);
  }
}
