import type { PermitAnswer } from "../keeper/index.ts";
import type { WriteClass } from "./data-directory.ts";
import type { Dice } from "./dice.ts";
import type { EventQueue } from "./event-queue.ts";
import type { RegionName } from "./places.ts";
import type { PortalRules } from "./portal-rules.ts";
import type { Postgres } from "./postgres.ts";
import { SimProcess } from "./sim-process.ts";
import type { CommitResult } from "./transaction.ts";

export type AcknowledgedAs = "geo" | "single-region" | "local";

export interface WriteRequest {
  readonly key: string;
  readonly writeClass: WriteClass;
  readonly answer: (answer: WriteAnswer) => void;
}

/** What a client learns. `confirmed`: the header on every answer. */
export interface WriteAnswer {
  readonly site: RegionName;
  readonly kind: "acknowledged" | "writes-paused" | "outcome-unknown";
  readonly as: AcknowledgedAs | null;
  readonly position: TermPosition | null;
  readonly confirmed: TermPosition | null;
}

export interface TermPosition {
  readonly term: number;
  readonly position: number;
}

/** One decision to acknowledge, as the observer outside the world sees it. */
export interface Acknowledgement {
  readonly portal: Portal;
  readonly key: string;
  readonly as: AcknowledgedAs;
  readonly term: number;
}

export interface PortalEnvironment {
  readonly rules: PortalRules;
  readonly acceptsUnprotected: boolean;
  /** Asks the keeper of this region; the answer may never come. */
  readonly askPermit: (
    portal: Portal,
    question: number,
    seenChange: number,
    answered: (answer: PermitAnswer) => void,
  ) => void;
  readonly onAcknowledge: (acknowledgement: Acknowledgement) => void;
  readonly onPermit: (portal: Portal) => void;
}

/** A session's wait for its commit ends here, with a warning. */
const commitTimeoutMs = 4_000;
const pullMs = 100;

interface Begun {
  readonly term: number;
  readonly generation: number;
  readonly isGeo: boolean;
}

/** The portal of one region, as far as continuity is concerned: permit, commit, check, acknowledge. */
export class Portal {
  readonly region: RegionName;
  readonly process: SimProcess;
  readonly postgres: Postgres;
  id = "";
  permitTerm = 0;
  permitUntilMs = Number.NEGATIVE_INFINITY;
  /** True time at which the permit was asked for. */
  permitAskedAt = Number.NEGATIVE_INFINITY;
  geo = false;
  generation = 0;
  seenChange = 0;
  #acceptsUnprotected = true;
  #isDraining = false;
  #question = 0;
  readonly #environment: PortalEnvironment;

  constructor(
    region: RegionName,
    postgres: Postgres,
    queue: EventQueue,
    dice: Dice,
    environment: PortalEnvironment,
  ) {
    this.region = region;
    this.postgres = postgres;
    this.process = new SimProcess(`portal.${region}`, region, queue, dice);
    this.#environment = environment;
    this.process.onStart = () => this.#started();
    this.process.onKill = () => this.#forget();
  }

  /** The check of invariant 1: whether a write may be acknowledged at this instant, by this process's clock. */
  hasPermit(): boolean {
    return this.process.monotonicMs() < this.permitUntilMs;
  }

  /** True time at which the current permit ends, if nothing renews it. */
  permitEndsAt(): number {
    const remaining = this.permitUntilMs - this.process.monotonicMs();
    return this.process.queue.now + remaining / this.process.clockRate;
  }

  /** A change line of the keeper: ask again at once. */
  changed(): void {
    this.#pull();
  }

  handle(request: WriteRequest): void {
    const { process } = this;
    if (!process.isUp) return;
    process.run(process.life, () => this.#write(request));
  }

  /** `GET /terms`, from this region's database. */
  terms(): Postgres["directory"]["terms"] {
    return this.postgres.state === "running" ? this.postgres.directory.terms : [];
  }

  confirmed(): TermPosition | null {
    const position = this.postgres.isPrimary ? this.postgres.confirmedPosition : null;
    return position === null ? null : { term: this.postgres.newestTerm(), position };
  }

  #started(): void {
    this.#forget();
    this.id = `${this.process.name}#${this.process.life}`;
    this.#pullForEver();
  }

  #forget(): void {
    this.permitUntilMs = Number.NEGATIVE_INFINITY;
    this.permitTerm = 0;
    this.geo = false;
    this.seenChange = 0;
    this.#question = 0;
  }

  #pullForEver(): void {
    this.#pull();
    this.process.after(pullMs, () => this.#pullForEver());
  }

  #pull(): void {
    this.#question += 1;
    const question = this.#question;
    const askedAtMs = this.process.monotonicMs();
    const askedAt = this.process.queue.now;
    this.#environment.askPermit(this, question, this.seenChange, (answer) => {
      if (this.#environment.rules.countsAnswer(answer.question, this.#question))
        this.#adopt(answer, askedAtMs, askedAt);
    });
  }

  #adopt(answer: PermitAnswer, askedAtMs: number, askedAt: number): void {
    const { rules } = this.#environment;
    const { permit, durability } = answer;
    if (permit === null) this.permitUntilMs = Number.NEGATIVE_INFINITY;
    else {
      const from = rules.permitCountsFrom(askedAtMs, this.process.monotonicMs());
      this.permitUntilMs = from + permit.remainingMs;
      this.permitTerm = permit.term;
      this.permitAskedAt = askedAt;
    }
    this.geo = durability.geo;
    this.generation = durability.generation;
    this.#acceptsUnprotected = durability.acceptUnprotected;
    this.#isDraining = answer.reason === "draining";
    const isNews = answer.change > this.seenChange;
    this.seenChange = Math.max(this.seenChange, answer.change);
    if (permit !== null) this.#environment.onPermit(this);
    // Confirms the change at once, by the next question.
    if (isNews) this.#pull();
  }

  #write(request: WriteRequest): void {
    const isRefused = request.writeClass === "geo" && !this.geo && !this.#acceptsUnprotected;
    const isOpen = this.hasPermit() && !this.#isDraining && this.postgres.isPrimary;
    if (!isOpen || isRefused) {
      this.#answer(request, "writes-paused", null, null);
      return;
    }
    const begun: Begun = {
      term: this.permitTerm,
      generation: this.generation,
      isGeo: this.geo,
    };
    const isReplay = this.postgres.directory.keys.has(request.key);
    if (isReplay && request.writeClass === "local") {
      this.#decide(request, begun, this.postgres.position, false);
      return;
    }
    if (isReplay && !this.#environment.rules.replayCommitsAudit) {
      this.#decide(request, begun, this.postgres.position, false);
      return;
    }
    this.#commit(request, begun, isReplay ? "audit" : "write");
  }

  #commit(request: WriteRequest, begun: Begun, kind: "audit" | "write"): void {
    const { rules } = this.#environment;
    const positionBefore = this.postgres.position;
    const life = this.process.life;
    let isOver = false;
    const done = (result: CommitResult): void => {
      if (isOver) return;
      isOver = true;
      this.process.run(life, () => {
        // Another request with the same key may have committed first: the unique index makes this one wait for it.
        if (result.kind !== "committed") this.#answer(request, "outcome-unknown", null, null);
        else {
          const position = rules.readsPositionAfterCommit ? this.postgres.position : positionBefore;
          this.#decide(request, begun, position, result.isWarned);
        }
      });
    };
    this.postgres.execute({
      record: { kind, key: request.key, term: begun.term, site: this.region },
      waitsForStandby: request.writeClass === "geo",
      done,
    });
    this.process.after(commitTimeoutMs, () => {
      if (!isOver) this.postgres.cancelWait(done);
    });
  }

  /** The last synchronous statement before the bytes go out. */
  #decide(request: WriteRequest, begun: Begun, position: number, isWarned: boolean): void {
    const { rules } = this.#environment;
    const mayAcknowledge =
      !rules.checksPermitAfterCommit || (this.hasPermit() && this.permitTerm === begun.term);
    const isDurableGeo =
      begun.isGeo && rules.isSameGeneration(begun.generation, this.generation, this.geo);
    const as = this.#label(request.writeClass, isDurableGeo, isWarned && rules.mindsWarnings);
    if (!mayAcknowledge || as === null) {
      this.#answer(request, "outcome-unknown", null, null);
      return;
    }
    this.#environment.onAcknowledge({ portal: this, key: request.key, as, term: begun.term });
    this.#answer(request, "acknowledged", as, { term: begun.term, position });
  }

  #label(writeClass: WriteClass, isGeo: boolean, isWarned: boolean): AcknowledgedAs | null {
    if (writeClass === "local") return "local";
    if (isWarned) return null;
    if (isGeo) return "geo";
    return this.#acceptsUnprotected ? "single-region" : null;
  }

  #answer(
    request: WriteRequest,
    kind: WriteAnswer["kind"],
    as: AcknowledgedAs | null,
    position: TermPosition | null,
  ): void {
    request.answer({ site: this.region, kind, as, position, confirmed: this.confirmed() });
  }
}
