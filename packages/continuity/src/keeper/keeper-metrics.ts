import { type KeeperEvent, type KeeperState, keeperStatus } from "@careline/continuity-core";
import {
  type Clock,
  Counter,
  createMetrics,
  Gauge,
  Histogram,
  type Registry,
} from "@careline/platform";

/** Slack below this is an alarm: the design's limit for the least slack per minute. */
const SLACK_ALARM_MS = 500;
const MINUTE_MS = 60_000;

/** What a keeper measures of itself: above all how much of its permit was left when it was extended. */
export interface KeeperMetrics {
  readonly registry: Registry;
  /** Called before each event is handled. */
  observe(state: KeeperState, event: KeeperEvent, nowMs: number): void;
  alarm(kind: string): void;
  /** Least slack of the running and the last full minute; null while no permit was held. */
  leastSlackMs(): number | null;
}

export function createKeeperMetrics(
  site: string,
  clock: Clock,
  onLowSlack: (ms: number) => void,
): KeeperMetrics {
  const registry = createMetrics("keeper", site);
  const registers = [registry];
  const slack = new Histogram({
    name: "careline_permit_slack_ms",
    help: "What was left of the permit when a lease renewal or a promise extended it.",
    buckets: [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_250, 2_000, 3_000],
    registers,
  });
  const least = new Gauge({
    name: "careline_permit_slack_least_ms",
    help: "Least slack within the last full minute.",
    registers,
  });
  const alarms = new Counter({
    name: "careline_keeper_alarms_total",
    help: "Alarms of the keeper by kind.",
    labelNames: ["alarm"],
    registers,
  });
  const term = new Gauge({
    name: "careline_term",
    help: "Newest term this keeper has read.",
    registers,
  });
  const remaining = new Gauge({
    name: "careline_permit_remaining_ms",
    help: "What is left of the permit at the moment of the scrape; 0 without one.",
    registers,
  });
  let minuteStartMs = clock.monotonicMs();
  let running: number | null = null;
  let last: number | null = null;
  return {
    registry,
    observe(state, event, nowMs) {
      const status = keeperStatus(state, nowMs);
      remaining.set(status.permitRemainingMs);
      if (status.term !== null) term.set(status.term);
      if (nowMs - minuteStartMs >= MINUTE_MS) {
        last = running;
        running = null;
        minuteStartMs = nowMs;
        if (last !== null) least.set(last);
        if (last !== null && last < SLACK_ALARM_MS) onLowSlack(last);
      }
      const extends_ = event.kind === "txn-answered" || event.kind === "promise-answered";
      if (!extends_ || status.permitRemainingMs === 0) return;
      slack.observe(status.permitRemainingMs);
      running = Math.min(running ?? Number.POSITIVE_INFINITY, status.permitRemainingMs);
    },
    alarm(kind) {
      alarms.inc({ alarm: kind });
    },
    leastSlackMs: () => (running === null ? last : Math.min(running, last ?? running)),
  };
}
