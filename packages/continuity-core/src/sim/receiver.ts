import type { Stamp, StampRefusal, whyRefused } from "../runs/index.ts";

export type RefusalRule = typeof whyRefused;

/** A region's memory of whose orders it obeyed, kept on its disk. */
export class Receiver {
  #obeyed: Stamp | null = null;
  readonly #rule: RefusalRule;

  constructor(rule: RefusalRule) {
    this.#rule = rule;
  }

  whyRefused(stamp: Stamp): StampRefusal | null {
    const refusal = this.#rule(this.#obeyed, stamp);
    if (refusal === null) this.#obeyed = stamp;
    return refusal;
  }
}
