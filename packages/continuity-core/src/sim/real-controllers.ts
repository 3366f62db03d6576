import { orderedRun, type RunOrder } from "../procedures/index.ts";
import { type AutomationRecord, keys, writeOwned } from "../store/index.ts";
import { ControllerHost } from "./controller-host.ts";
import type { ControllerSurroundings } from "./controller-surroundings.ts";
import type { QuorumSite } from "./etcd.ts";
import type { OperatorAction } from "./fault.ts";
import { quorumSites, type RegionName } from "./places.ts";
import type { Controllers } from "./reckless-controllers.ts";
import type { SimProcess } from "./sim-process.ts";

const wallText = "2026-01-01T00:00:00.000Z";

/** The real decision code in three sites, and people who give it orders at bad moments. */
export class RealControllers implements Controllers {
  readonly hosts: Readonly<Record<QuorumSite, ControllerHost>>;
  readonly processes: readonly SimProcess[];

  constructor(around: ControllerSurroundings) {
    const host = (site: QuorumSite): ControllerHost => new ControllerHost(site, around);
    this.hosts = { east: host("east"), west: host("west"), witness: host("witness") };
    this.processes = quorumSites.map((site) => this.hosts[site].process);
  }

  start(): void {
    for (const process of this.processes) process.start();
  }

  lapsed(region: RegionName): void {
    this.hosts[region].lapsed();
  }

  operate(action: OperatorAction, at: QuorumSite, target: RegionName): void {
    const host = this.hosts[at];
    host.process.run(host.process.life, () => this.#operate(host, action, target));
  }

  orderGuarded(at: QuorumSite, target: RegionName, by: string): void {
    const host = this.hosts[at];
    const guarded = { force: true, approvals: ["approver", "approver"] as const };
    host.process.run(host.process.life, () =>
      this.#order(host, { ...this.#orderTo(target), ...guarded, by, kind: "failover" }),
    );
  }

  approve(at: QuorumSite, by: string): void {
    const host = this.hosts[at];
    const approval = {
      step: "taken-over",
      role: "approver",
      by,
      shown: null,
      at: wallText,
    } as const;
    host.process.run(host.process.life, () =>
      host.actor.steer({ kind: "approve", approval }, host.observe()),
    );
  }

  #operate(host: ControllerHost, action: OperatorAction, target: RegionName): void {
    switch (action) {
      case "automation-on":
        this.#switchAutomation(host, true);
        return;
      case "automation-off":
        this.#switchAutomation(host, false);
        return;
      case "cancel":
        host.actor.steer({ kind: "cancel", by: "anna", at: wallText }, host.observe());
        return;
      case "pause-run":
        host.actor.steer({ kind: "pause", by: "anna" }, host.observe());
        return;
      case "resume-run":
        host.actor.steer({ kind: "resume", by: "anna" }, host.observe());
        return;
      case "make-ungraceful":
        host.actor.steer({ kind: "make-ungraceful", by: "anna", at: wallText }, host.observe());
        return;
      case "switchover":
      case "failback":
        this.#order(host, { ...this.#orderTo(target), kind: action });
        return;
      case "forced-failover":
        this.#order(host, { ...this.#orderTo(target), kind: "failover", force: true });
        return;
    }
  }

  #orderTo(target: RegionName): Omit<RunOrder, "kind"> {
    return {
      to: target,
      by: "anna",
      reason: "an operator's order",
      force: false,
      acceptGeoLoss: false,
      ignored: [],
    };
  }

  #order(host: ControllerHost, order: RunOrder): void {
    const o = host.observe();
    const { view } = o.quorum;
    if (view === null || view.term.record?.primary === order.to) return;
    host.actor.order(orderedRun(o, view, order), o);
  }

  #switchAutomation(host: ControllerHost, enabled: boolean): void {
    const o = host.observe();
    const { automation, view } = o.quorum;
    if (view === null || automation === null) return;
    const record: AutomationRecord = {
      enabled,
      by: "anna",
      reason: enabled ? "over" : "maintenance",
      changedAt: wallText,
      until: null,
    };
    host.actor.send(writeOwned(view, keys.automation, automation, record));
  }
}
