import { checkParameters, keys, sentenceOf } from "@careline/continuity-core";
import {
  type Clock,
  ConfigError,
  createMetrics,
  describeError,
  type Logger,
  type Random,
} from "@careline/platform";
import type { ControllerConfig } from "../config.ts";
import { openStore, QuorumRecords, type QuorumStore, type StoreChannel } from "../store/index.ts";
import { Actor } from "./actor.ts";
import { Bootstrap } from "./bootstrap.ts";
import { ControllerLoop } from "./controller-loop.ts";
import { ForceQuorum } from "./force-quorum.ts";
import { keepHouse } from "./housekeeping.ts";
import { buildOperatorApi, type OperatorApi } from "./operator-api.ts";
import { OperatorService } from "./operator-service.ts";
import { QuorumObserver } from "./quorum-observer.ts";
import { Region } from "./region.ts";
import { Salvage } from "./salvage.ts";
import { SiteBeat } from "./site-beat.ts";
import { exportStatus } from "./status-metrics.ts";
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
  const registry = createMetrics("controller", config.site);
  const actor: Actor = new Actor({ quorum, region, clock, log, wake: () => loop.wake() });
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
    isHeld: () => forceQuorum.isPending,
    onDecision: publishChanges((event) => api.publish(event)),
  });
  const parts = { loop, quorum, actor, region, surroundings, channel, terms, registry };
  const { service, forceQuorum, salvage, operatorApi } = forPeople(deps, parts, signal);
  api.publish = operatorApi.publish;
  exportStatus(registry, service);
  try {
    await operatorApi.app.listen({ host: config.listen.host, port: config.listen.port });
    log.info({ port: config.listen.port, bootId }, "controller ready");
    const house = { quorum, terms, loop, store, salvage, forceQuorum, deps };
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

/** What people ask for, in order and when the store is lost. */
function forPeople(
  { config, version, clock, random, log }: ControllerDeps,
  parts: {
    readonly loop: ControllerLoop;
    readonly quorum: QuorumObserver;
    readonly actor: Actor;
    readonly region: Region | null;
    readonly surroundings: Surroundings;
    readonly channel: StoreChannel;
    readonly terms: TermJournal;
    readonly registry: ReturnType<typeof createMetrics>;
  },
  signal: AbortSignal,
): {
  service: OperatorService;
  forceQuorum: ForceQuorum;
  salvage: Salvage;
  operatorApi: OperatorApi;
} {
  const { loop, quorum, actor, region, surroundings, channel, terms, registry } = parts;
  const salvage = new Salvage({
    ...{ config, channel, clock, random, log },
    keeper: region?.keeper ?? null,
    primary: () => quorum.view?.term.record?.primary ?? null,
  });
  const service: OperatorService = new OperatorService({
    ...{ config, loop, quorum, actor, region, clock, random, log },
    alarms: () => (forceQuorum.isPending ? [`Force-quorum: ${forceQuorum.status().next}.`] : []),
  });
  const forceQuorum: ForceQuorum = new ForceQuorum({
    ...{ config, quorum, channel, clock, random, log },
    signsOfLife: (other) => surroundings.signsOfLife(other),
    newestTermInData: () => region?.postgres?.newestTerm ?? null,
    expectedLoss: () => service.expectedLoss(),
  });
  const operatorApi = buildOperatorApi({
    ...{ config, version, service, quorum, terms, salvage, forceQuorum, registry, clock, signal },
  });
  return { service, forceQuorum, salvage, operatorApi };
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
