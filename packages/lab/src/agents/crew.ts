import { type Clock, seededRandom } from "@careline/platform";
import type { Acknowledgement, Ledger } from "../ledger/index.ts";
import type { Pace } from "./pace.ts";
import { Shift } from "./shift.ts";
import type { Account } from "./sign-in.ts";
import { type AgentExperience, SimulatedAgent } from "./simulated-agent.ts";

export interface CrewOptions {
  readonly accounts: readonly Account[];
  readonly origin: string;
  /** A region's own portal, for clients that are pinned to it. */
  readonly pinnedOrigin?: string;
  readonly via?: Acknowledgement["via"];
  readonly authority: Buffer;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly pace: Pace;
  /** Think times and choices repeat for the same seed. */
  readonly seed: number;
}

/** The identity provider hashes each password on purpose slowly; more at once only queue there. */
const signInsAtOnce = 4;

/** Simulated agents in one process, all signed in and at work. */
export class Crew {
  readonly #shifts: readonly Shift[];
  readonly #stopping = new AbortController();
  #working: Promise<void>[] = [];
  #failure: unknown = null;

  private constructor(shifts: readonly Shift[]) {
    this.#shifts = shifts;
  }

  /** Signs everyone in. Error: SIGN_IN_FAILED. */
  static async signIn(
    options: CrewOptions,
    signal: AbortSignal,
    progress: (signedIn: number) => void,
  ): Promise<Crew> {
    const shifts: Shift[] = [];
    let signedIn = 0;
    for (const [at, account] of options.accounts.entries()) {
      const random = seededRandom(options.seed * 1_000 + at);
      const via = options.via ?? "front-door";
      shifts.push(new Shift(await SimulatedAgent.create({ ...options, via, account, random })));
    }
    const waiting = [...shifts];
    const one = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await next.agent.signIn(signal);
        signedIn += 1;
        progress(signedIn);
      }
    };
    await Promise.all(Array.from({ length: signInsAtOnce }, one));
    return new Crew(shifts);
  }

  get size(): number {
    return this.#shifts.length;
  }

  /** Why an agent stopped by itself, which is a defect of the simulation; null while all work. */
  get failure(): unknown {
    return this.#failure;
  }

  start(): void {
    const { signal } = this.#stopping;
    this.#working = this.#shifts.map(async (shift) => {
      try {
        await shift.work(signal);
      } catch (thrown) {
        this.#failure ??= thrown;
      }
    });
  }

  get streaming(): number {
    return this.#shifts.filter((shift) => shift.isStreaming).length;
  }

  get onCalls(): number {
    return this.#shifts.filter((shift) => shift.isOnCall).length;
  }

  experiences(): AgentExperience[] {
    return this.#shifts.map((shift) => shift.agent.look());
  }

  /** Writes that no other region is known to have. */
  get unsafe(): number {
    return this.experiences().reduce((sum, seen) => sum + seen.waiting + seen.unconfirmed, 0);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the crew goes home"));
    await Promise.allSettled(this.#working);
    await Promise.all(this.#shifts.map((shift) => shift.agent.browser.close()));
  }
}
