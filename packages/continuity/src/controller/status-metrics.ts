import { type createMetrics, Gauge } from "@careline/platform";
import type { OperatorService } from "./operator-service.ts";

/** What the status says, as metrics. */
export function exportStatus(
  registry: ReturnType<typeof createMetrics>,
  service: OperatorService,
): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        try {
          this.set(read());
        } catch {
          this.set(Number.NaN);
        }
      },
    });
  };
  gauge("careline_controller_term", "Newest term.", () => service.status().term ?? 0);
  gauge("careline_protected", "1 while geo writes wait for a safe standby.", () =>
    service.status().protected ? 1 : 0,
  );
  gauge(
    "careline_standby_lag_bytes",
    "Log that the standby lacks.",
    () => service.status().lag.bytes ?? Number.NaN,
  );
  gauge(
    "careline_standby_lag_seconds",
    "Age of what the standby lacks.",
    () => service.status().lag.seconds ?? Number.NaN,
  );
  gauge("careline_readiness_score", "0 to 100.", () => service.readiness().score);
  gauge(
    "careline_alarms",
    "Alarms that this controller raises now.",
    () => service.status().alarms.length,
  );
}
