import { siteSchema } from "@careline/portal-contract";
import { z } from "zod";
import type { DurabilityState, Permit } from "./permit-view.ts";

/** The keeper's answer (site-contracts.md, "Permit"). Unknown fields are left alone: keeper and portal are updated apart. */
export const permitAnswerSchema = z.object({
  question: z.int(),
  change: z.int(),
  permit: z.object({ term: z.int().positive(), remainingMs: z.number().nonnegative() }).nullable(),
  reason: z.string().max(100),
  durability: z.object({
    geo: z.boolean(),
    generation: z.int(),
    unprotectedSince: z.string().nullable(),
    acceptUnprotected: z.boolean(),
  }),
  primary: siteSchema.nullable(),
});
export type PermitAnswer = z.infer<typeof permitAnswerSchema>;

/** No durability is promised before the keeper answered. */
const unknownDurability: DurabilityState = {
  geo: false,
  generation: 0,
  unprotectedSince: null,
  acceptUnprotected: false,
};

export interface Question {
  readonly question: number;
  readonly seenChange: number;
}

/**
 * What the portal knows about its permit, without I/O or clock: times are monotonic milliseconds given by the caller.
 * Rules (site-contracts.md, "Permit"): a permit counts from before the question was sent; only the answer to the newest question
 * counts; having confirmed a change in a question voids the answers to earlier questions.
 */
export class PermitLedger {
  #newestQuestion = 0;
  #seenChange = 0;
  /** The newest question while its answer is awaited. */
  #open: { readonly question: number; readonly askedAtMs: number } | null = null;
  #permit: { readonly term: number; readonly endsAtMs: number } | null = null;
  #durability: DurabilityState = unknownDurability;
  #reason = "starting";
  #primary: PermitAnswer["primary"] = null;

  get durability(): DurabilityState {
    return this.#durability;
  }

  get reason(): string {
    return this.#reason;
  }

  get primary(): PermitAnswer["primary"] {
    return this.#primary;
  }

  /**
   * Numbers the next question; `nowMs` is read before it is sent. `seenChange` is the change of the last answer that was taken:
   * what it revoked is revoked here, so the question confirms it.
   */
  ask(nowMs: number): Question {
    this.#newestQuestion += 1;
    this.#open = { question: this.#newestQuestion, askedAtMs: nowMs };
    return { question: this.#newestQuestion, seenChange: this.#seenChange };
  }

  /**
   * Takes an answer. `stale`: it is to an older question and was left aside. `changed`: it taught a change, which the keeper waits to
   * have confirmed: ask again at once. A keeper that restarted counts its changes anew, so any other number is a change.
   */
  take(answer: PermitAnswer): "stale" | "changed" | "same" {
    if (this.#open?.question !== answer.question) return "stale";
    const { askedAtMs } = this.#open;
    this.#open = null;
    const isChange = answer.change !== this.#seenChange;
    this.#seenChange = answer.change;
    this.#permit =
      answer.permit === null
        ? null
        : { term: answer.permit.term, endsAtMs: askedAtMs + answer.permit.remainingMs };
    this.#durability = answer.durability;
    this.#reason = answer.reason;
    this.#primary = answer.primary;
    return isChange ? "changed" : "same";
  }

  /** A line of the change stream: whether it tells of a change that no answer has taught yet. */
  isNews(change: number): boolean {
    return change !== this.#seenChange;
  }

  /** The keeper did not answer: the permit runs on until it ends by itself; from then on this is the reason. */
  silence(nowMs: number): void {
    if (this.current(nowMs) === null) this.#reason = "keeper-silent";
  }

  current(nowMs: number): Permit | null {
    const permit = this.#permit;
    if (permit === null || nowMs >= permit.endsAtMs) return null;
    return { term: permit.term, remainingMs: permit.endsAtMs - nowMs };
  }
}
