import type { Dice } from "./dice.ts";
import type { EventQueue, ScheduledEvent } from "./event-queue.ts";
import type { Place } from "./places.ts";

/**
 * A process that can be killed, started, stopped (SIGSTOP) and continued, with a monotonic clock of its own.
 * While it is stopped, everything that would run in it waits; its clock goes on, as CLOCK_MONOTONIC does.
 */
export class SimProcess {
  readonly name: string;
  readonly place: Place;
  readonly queue: EventQueue;
  isUp = false;
  isPaused = false;
  /** Grows at each start: what was scheduled in an earlier life never runs. */
  life = 0;
  /** True time since which it runs without being stopped. */
  awakeSince = 0;
  /** Milliseconds of the own clock per true millisecond; the assumption is |rate − 1| ≤ ρ. */
  clockRate = 1;
  /** True times between which the machine was suspended last; null: never. */
  suspended: { readonly fromMs: number; readonly untilMs: number } | null = null;
  onStart: () => void = () => undefined;
  onKill: () => void = () => undefined;
  #clockBase = 0;
  #clockSetAt = 0;
  /** True time since which the clock stands still. */
  #standsStillSince: number | null = null;
  /** How long it stood still and nobody has noticed: by so much the wall clock has run ahead. */
  #unnoticedMs = 0;
  #backlog: (() => void)[] = [];
  readonly #dice: Dice;
  /** Counts down the outside effects until the process dies between two of them; negative when unarmed. */
  #effectsUntilCrash = -1;
  #downMs = 0;

  constructor(name: string, place: Place, queue: EventQueue, dice: Dice) {
    this.name = name;
    this.place = place;
    this.queue = queue;
    this.#dice = dice;
    this.#clockBase = dice.between(1_000, 1_000_000);
  }

  /** The own monotonic clock. */
  monotonicMs(): number {
    const now = this.#standsStillSince ?? this.queue.now;
    return this.#clockBase + (now - this.#clockSetAt) * this.clockRate;
  }

  /** Changes the rate from now on; what the clock shows does not jump. */
  setClockRate(rate: number): void {
    this.#clockBase = this.monotonicMs();
    this.#clockSetAt = this.queue.now;
    this.clockRate = rate;
  }

  /** Whether its clock stands still now. */
  get isSuspended(): boolean {
    return this.#standsStillSince !== null;
  }

  start(): void {
    if (this.isUp) return;
    this.#unnoticedMs = 0;
    this.isUp = true;
    this.isPaused = false;
    this.life += 1;
    this.awakeSince = this.queue.now;
    this.#backlog = [];
    this.#effectsUntilCrash = -1;
    this.onStart();
  }

  kill(): void {
    if (!this.isUp) return;
    this.#setClockGoing();
    this.isUp = false;
    this.isPaused = false;
    this.life += 1;
    this.#backlog = [];
    this.onKill();
  }

  pause(): void {
    if (this.isUp) this.isPaused = true;
  }

  /** Stops it together with its monotonic clock, as a virtual machine that is suspended. */
  suspend(): void {
    if (!this.isUp || this.isPaused) return;
    this.#standsStillSince = this.queue.now;
    this.pause();
  }

  /** By how much the wall clock has run ahead of the monotonic one since this was last asked. */
  takeStandstillMs(): number {
    const ms = this.#unnoticedMs;
    this.#unnoticedMs = 0;
    return ms;
  }

  #setClockGoing(): void {
    const fromMs = this.#standsStillSince;
    if (fromMs === null) return;
    this.#clockBase = this.monotonicMs();
    this.#clockSetAt = this.queue.now;
    this.#standsStillSince = null;
    this.#unnoticedMs += this.queue.now - fromMs;
    this.suspended = { fromMs, untilMs: this.queue.now };
  }

  /** Everything that waited runs now, in the order in which it arrived. */
  resume(): void {
    if (!this.isPaused) return;
    this.#setClockGoing();
    this.isPaused = false;
    this.awakeSince = this.queue.now;
    const waiting = this.#backlog;
    this.#backlog = [];
    const life = this.life;
    for (const action of waiting) {
      this.queue.at(this.queue.now, () => this.run(life, action));
    }
  }

  /** Runs `action` in the life in which it was asked for, now or when the process continues. */
  run(life: number, action: () => void): void {
    if (!this.isUp || life !== this.life) return;
    if (this.isPaused) this.#backlog.push(action);
    else action();
  }

  /** A timer of this process: `delayMs` by its own clock, late as timers of a busy machine are. */
  after(delayMs: number, action: () => void): ScheduledEvent {
    const life = this.life;
    // Seen on a 2-core machine: timers up to 75 ms late, rarely.
    const lateMs = this.#dice.next() < 0.02 ? this.#dice.between(0, 75) : this.#dice.next();
    return this.queue.after(delayMs / this.clockRate + lateMs, () => this.run(life, action));
  }

  /** The process will die just before its `count`-th effect from now; a supervisor starts it `downMs` later. */
  crashBeforeEffect(count: number, downMs: number): void {
    this.#effectsUntilCrash = count;
    this.#downMs = downMs;
  }

  /** No crash is armed any more. */
  disarm(): void {
    this.#effectsUntilCrash = -1;
  }

  /** To be called before each effect on the outside; false when the process died instead. */
  mayAct(): boolean {
    if (this.#effectsUntilCrash < 0) return this.isUp;
    this.#effectsUntilCrash -= 1;
    if (this.#effectsUntilCrash >= 0) return this.isUp;
    this.kill();
    this.queue.after(this.#downMs, () => this.start());
    return false;
  }
}
