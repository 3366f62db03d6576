import { seededRandom } from "@careline/platform";

/** Seeded chance. One per part of the world, so that leaving out a fault disturbs the others as little as possible. */
export class Dice {
  readonly next: () => number;

  constructor(seed: number, part: string) {
    const random = seededRandom(mixed(seed, part));
    this.next = () => random.next();
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  integer(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.next());
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)] as T;
  }

  /** Exponentially distributed around `mean`, at most eight times it. */
  exponential(mean: number): number {
    return Math.min(8 * mean, -mean * Math.log(1 - this.next()));
  }

  /** Log-uniform between `low` and `high`: short and long values equally often by magnitude. */
  magnitude(low: number, high: number): number {
    return low * (high / low) ** this.next();
  }
}

/** FNV-1a over the part's name, started at the seed. */
function mixed(seed: number, part: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < part.length; index += 1) {
    hash = Math.imul(hash ^ part.charCodeAt(index), 0x01000193) >>> 0;
  }
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}
