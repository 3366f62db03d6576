import { collectDefaultMetrics, Registry } from "prom-client";

export { Counter, Gauge, Histogram, Registry } from "prom-client";

/** A Prometheus registry of one process. Labels are bounded names, never ids of people or records. */
export function createMetrics(processName: string, site: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ process: processName, site });
  collectDefaultMetrics({ register: registry });
  return registry;
}
