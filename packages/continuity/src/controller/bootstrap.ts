import {
  type DataSite,
  firstRecords,
  initialise,
  type Observation,
  type Parameters,
} from "@careline/continuity-core";
import type { Logger, Random } from "@careline/platform";
import type { PostgresCopies } from "../postgres/index.ts";
import type { QuorumObserver } from "./quorum-observer.ts";

export interface BootstrapDeps {
  readonly site: DataSite;
  readonly homeSite: DataSite;
  readonly parameters: Parameters;
  readonly copies: PostgresCopies;
  readonly quorum: QuorumObserver;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * The first records of a new installation. Only the home site begins, and only with an empty data
 * directory: an empty store beside existing data is a lost store, for people to decide.
 */
export class Bootstrap {
  readonly #deps: BootstrapDeps;

  constructor(deps: BootstrapDeps) {
    this.#deps = deps;
  }

  async begin(observation: Observation, signal: AbortSignal): Promise<void> {
    const { site, homeSite, copies, quorum, random, log, parameters } = this.#deps;
    if (site !== homeSite) return;
    if (observation.postgres === null || observation.keeper === null) return;
    const isNew = observation.postgres.directory === "empty" || this.#madeHere;
    if (!isNew) {
      log.error("the store is empty but there is data: restore the store, or force the quorum");
      return;
    }
    if (!copies.exists) await copies.initialise(signal);
    this.#madeHere = true;
    const first = firstRecords({
      store: { id: random.uuid(), generation: 1 },
      primary: homeSite,
      claim: random.uuid(),
      validityMs: parameters.leaseMs,
      at: observation.fresh.at,
      evidence: ["new installation"],
    });
    const isFirst = await quorum.apply(initialise(first), signal);
    log.info({ isFirst }, "the installation is initialised");
  }

  /** The directory was made by this process: a lost answer of the first transaction is repeated. */
  #madeHere = false;
}
