/** One thing that will happen. `action` is undefined once it was cancelled. */
export interface ScheduledEvent {
  readonly at: number;
  readonly order: number;
  action: (() => void) | undefined;
}

function isBefore(one: ScheduledEvent, other: ScheduledEvent): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/**
 * The only source of progress in a simulation: a binary heap of events by true time, then by the order in
 * which they were scheduled, so that equal times never depend on anything but the seed.
 */
export class EventQueue {
  /** True time in milliseconds. No simulated process can read it. */
  now = 0;
  executed = 0;
  readonly #heap: ScheduledEvent[] = [];
  #order = 0;

  /** Schedules `action` at true time `at`, never in the past. */
  at(at: number, action: () => void): ScheduledEvent {
    this.#order += 1;
    const event: ScheduledEvent = { at: at < this.now ? this.now : at, order: this.#order, action };
    this.#push(event);
    return event;
  }

  after(delayMs: number, action: () => void): ScheduledEvent {
    return this.at(this.now + delayMs, action);
  }

  /** Executes the next event; false when there is none before `until`. */
  step(until: number): boolean {
    const next = this.#heap[0];
    if (next === undefined || next.at > until) return false;
    this.#pop();
    if (next.action === undefined) return true;
    this.now = next.at;
    this.executed += 1;
    next.action();
    return true;
  }

  #push(event: ScheduledEvent): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as ScheduledEvent;
      if (!isBefore(event, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as ScheduledEvent;
    const size = heap.length;
    if (size === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= size) break;
      let child = heap[childIndex] as ScheduledEvent;
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        childIndex += 1;
        child = right;
      }
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}
