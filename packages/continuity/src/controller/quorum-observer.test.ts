import { orderedRun, type RunRecord, runRecordSchema } from "@careline/continuity-core";
import { describe, expect, it } from "vitest";
import { QuorumObserver, type QuorumObserverDeps } from "./quorum-observer.ts";

const wall = new Date("2026-11-22T12:00:00.000Z");

/** An observer on a clock of its own; it is fed by the watch alone, so neither store nor log is asked. */
function anObserver(): { observer: QuorumObserver; pass(ms: number): void } {
  let now = 0;
  const clock = { monotonicMs: () => now, wallNow: () => new Date(wall.getTime() + now) };
  const deps = { clock, log: { error: (): void => undefined } };
  return {
    observer: new QuorumObserver(deps as unknown as QuorumObserverDeps),
    pass(ms) {
      now += ms;
    },
  };
}

let revision = 0;
/** The journal of a failover, as the watch tells it. */
function told(id: string, state: RunRecord["state"], orderedBy: string | null = null) {
  const fresh = { id, at: wall.toISOString() };
  const o = { controllerBootId: "c1", fresh } as unknown as Parameters<typeof orderedRun>[0];
  const store = { record: { id: "00000000-0000-4000-8000-000000000001", generation: 1 } };
  const term = { record: { term: 3 } };
  const view = { store, term } as unknown as Parameters<typeof orderedRun>[1];
  const order = { kind: "failover", to: "west", by: "otto", reason: "test" } as const;
  const flags = { force: false, acceptGeoLoss: false, ignored: [] };
  const run = runRecordSchema.parse({
    ...orderedRun(o, view, { ...order, ...flags }),
    orderedBy,
    state,
  });
  revision += 1;
  return { key: `runs/${id}`, text: JSON.stringify(run), revision };
}
const running = { kind: "running" } as const;
const completedAt = (ms: number) =>
  ({ kind: "completed", at: new Date(wall.getTime() + ms).toISOString() }) as const;

describe("automatic failovers of the last hour", () => {
  it("are counted when they complete, and for an hour", () => {
    const { observer, pass } = anObserver();
    observer.take(told("a", running));
    expect(observer.seen().failoversLastHour).toBe(0);
    observer.take(told("a", completedAt(0)));
    pass(1_000);
    observer.take(told("b", running));
    observer.take(told("b", completedAt(1_000)));
    expect(observer.seen()).toMatchObject({ failoversLastHour: 2, lastFailoverAgeMs: 0 });
    pass(3_599_500);
    expect(observer.seen().failoversLastHour).toBe(1);
  });

  it("are not those that failed, nor those that a person ordered", () => {
    const { observer } = anObserver();
    observer.take(told("a", running));
    observer.take(told("a", { kind: "failed", why: "test", at: wall.toISOString() }));
    observer.take(told("b", running, "otto"));
    observer.take(told("b", completedAt(0), "otto"));
    expect(observer.seen().failoversLastHour).toBe(0);
  });

  it("are those before this process's life as well, without starting a cooldown", () => {
    const { observer } = anObserver();
    observer.take(told("a", completedAt(-600_000)));
    observer.take(told("b", completedAt(-3_700_000)));
    expect(observer.seen()).toMatchObject({ failoversLastHour: 1, lastFailoverAgeMs: null });
  });
});
