import {
  createSealingKey,
  MemoryLock,
  MemoryStorage,
  Outbox,
  type OutboxEvent,
  type WriteOutcome,
  webCryptoSealer,
} from "@careline/outbox";
import type { Clock, Random } from "@careline/platform";
import { type BodyOf, type RouteDefinition, routes, urlOf } from "@careline/portal-contract";
import type { Acknowledgement, Ledger } from "../ledger/index.ts";
import { Browser } from "./browser.ts";
import { FrontDoor } from "./front-door.ts";
import type { Pace } from "./pace.ts";
import { type Account, signIn } from "./sign-in.ts";

export interface SimulatedAgentOptions {
  readonly account: Account;
  /** Origin of the front door, where people sign in. */
  readonly origin: string;
  /** A region's own portal, for a client that stays with it whatever the front door says. */
  readonly pinnedOrigin?: string;
  readonly via: Acknowledgement["via"];
  readonly authority: Buffer;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly pace: Pace;
}

/** What one agent's screen would have shown. */
export interface AgentExperience {
  readonly client: string;
  callsAnswered: number;
  callsClosed: number;
  signOuts: number;
  /** Refused writes by code: what the person would have had to look at. */
  readonly refusals: Record<string, number>;
  waiting: number;
  unconfirmed: number;
}

/** One agent with a browser and an outbox: the parts that every task of the desk needs. */
export class SimulatedAgent {
  readonly options: SimulatedAgentOptions;
  readonly browser: Browser;
  readonly door: FrontDoor;
  readonly outbox: Outbox;
  readonly experience: AgentExperience;

  constructor(
    options: SimulatedAgentOptions,
    sealingKey: Awaited<ReturnType<typeof createSealingKey>>,
  ) {
    this.options = options;
    const client = options.account.login;
    this.experience = {
      client,
      callsAnswered: 0,
      callsClosed: 0,
      signOuts: 0,
      refusals: {},
      waiting: 0,
      unconfirmed: 0,
    };
    this.browser = new Browser(options.authority, options.clock);
    this.door = new FrontDoor({
      ...options,
      client,
      browser: this.browser,
      onConfirmed: (confirmed) => this.outbox.observeConfirmed(confirmed),
      onSignedOut: (code) => {
        this.experience.signOuts += 1;
        this.#count(code === "" ? "SIGNED_OUT" : code);
      },
    });
    this.outbox = new Outbox({
      owner: client,
      storage: new MemoryStorage(),
      sealer: webCryptoSealer(sealingKey),
      transport: this.door,
      lock: new MemoryLock(),
      clock: options.clock,
      random: options.random,
      onEvent: (event) => this.#note(event),
    });
  }

  static async create(options: SimulatedAgentOptions): Promise<SimulatedAgent> {
    return new SimulatedAgent(options, await createSealingKey());
  }

  async signIn(signal: AbortSignal): Promise<void> {
    const { account, origin } = this.options;
    await signIn(this.browser, origin, account, signal);
  }

  /** Puts a write into the outbox and waits for the portal's answer. Null: refused; the person looked at it and gave it up. */
  async write<R extends RouteDefinition>(
    recordKey: string,
    route: R,
    parts: { readonly params?: Record<string, string>; readonly body?: BodyOf<R> },
    signal: AbortSignal,
  ): Promise<unknown> {
    const outcome = await this.#settle(recordKey, route, parts, signal);
    if (outcome.kind === "acknowledged") return outcome.answer.body ?? {};
    return null;
  }

  async #settle(
    recordKey: string,
    route: RouteDefinition,
    parts: { readonly params?: Record<string, string>; readonly body?: unknown },
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const id = await this.outbox.add({
      recordKey,
      method: route.method === "GET" ? "POST" : route.method,
      path: urlOf(route, parts.params),
      body: parts.body,
    });
    const outcome = await this.outbox.outcome(id, signal);
    if (outcome.kind === "conflict") {
      this.#count(`${outcome.answer.code ?? outcome.answer.status} ${operationName(route)}`);
      await this.outbox.discard(id);
    }
    return outcome;
  }

  /** Each wait between half and one and a half of `ms`. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.options;
    await clock.sleep(ms * (0.5 + random.next()), signal);
  }

  /** Reads what the outbox holds now into the experience. */
  look(): AgentExperience {
    const { waiting, unconfirmed } = this.outbox.snapshot();
    Object.assign(this.experience, { waiting, unconfirmed });
    return this.experience;
  }

  #note(event: OutboxEvent): void {
    const { ledger, clock, account } = this.options;
    if (event.kind === "replayed") ledger.replayed(event.key, clock.monotonicMs());
    if (event.kind !== "retry") return;
    const isTrouble = event.status === null || event.status >= 500;
    if (isTrouble) {
      ledger.trouble({
        client: account.login,
        atMs: clock.monotonicMs(),
        status: event.status,
        code: event.code ?? (event.status === null ? "NO_ANSWER" : `HTTP ${event.status}`),
      });
    }
  }

  #count(code: string): void {
    this.experience.refusals[code] = (this.experience.refusals[code] ?? 0) + 1;
  }
}

function operationName(route: RouteDefinition): string {
  const found = Object.entries<RouteDefinition>(routes).find(([, other]) => other === route);
  return found?.[0] ?? route.path;
}
