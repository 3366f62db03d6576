import { formatBytes, formatTable } from "../output/index.ts";
import { type SystemStatus, sentences } from "./shapes.ts";

/** The state of the whole system in a few lines, the most important first. */
export function statusText(status: SystemStatus): string {
  const rows = Object.entries(status.sites).map(([site, { role, healthy, reasons }]) => [
    site,
    role,
    healthy ? "healthy" : "NOT HEALTHY",
    sentences(reasons).join("; "),
  ]);
  return [
    `term ${status.term ?? "unknown"}, primary ${primary(status)}, ${protection(status)}`,
    formatTable([["site", "role", "", ""], ...rows]),
    `standby behind by ${lag(status)}${status.sync?.mode ? `, replication ${status.sync.mode}` : ""}`,
    automation(status),
    ...readiness(status),
    ...(status.run
      ? [
          `run ${status.run.id}: ${status.run.kind}, ${status.run.state}${status.run.step ? `, at ${status.run.step}` : ""}`,
        ]
      : []),
    ...sentences(status.alarms).map((alarm) => `ALARM ${alarm}`),
  ].join("\n");
}

/** The region that holds the term, and what it is when it does not serve: the first thing to know at night. */
function primary({ primary: region, sites }: SystemStatus): string {
  if (region === null) return "none";
  const site = sites[region];
  if (site === undefined || site.role === "primary") return region;
  const isUnheard = sentences(site.reasons).includes("unheard-without-quorum");
  return `${region} WHICH IS ${isUnheard ? "NOT HEARD" : site.role.toUpperCase()}`;
}

function protection(status: SystemStatus): string {
  if (status.protected) return "protected";
  return status.unprotectedSince ? `UNPROTECTED since ${status.unprotectedSince}` : "UNPROTECTED";
}

function lag({ lag: { bytes, seconds } }: SystemStatus): string {
  if (bytes === null && seconds === null) return "an unknown amount";
  const parts = [
    bytes === null ? null : formatBytes(bytes),
    seconds === null ? null : `${seconds.toFixed(1)} s`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

function readiness({ readiness: is }: SystemStatus): string[] {
  if (!is) return [];
  const reasons = is.reasons.length === 0 ? "" : `: ${is.reasons.join(" ")}`;
  return [`${is.ready ? "ready" : "NOT READY"} to switch over ${is.score} of 100${reasons}`];
}

function automation({ automation: switched }: SystemStatus): string {
  if (!switched) return "automation unknown";
  if (switched.enabled) return "automation on";
  const until = switched.until ? ` until ${switched.until}` : "";
  return `automation OFF by ${switched.by ?? "?"}${until}: ${switched.reason ?? "no reason given"}`;
}
