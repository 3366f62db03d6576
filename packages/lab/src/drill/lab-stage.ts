import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@careline/platform";
import { LabError } from "../errors.ts";
import {
  type Layout,
  type Place,
  type Region,
  regions,
  runProgram,
  sites,
} from "../layout/index.ts";
import { callSocket } from "../socket-call.ts";
import { type FaultCommand, type FaultReport, faultReportSchema } from "../supervisor/index.ts";
import { commandWan, type WanCommand } from "../wan/index.ts";
import { OperatorClient } from "./operator-client.ts";

/** Keys in one statement: about 75 kB of text. */
const keysAtOnce = 2_000;

const switchoverLimitMs = 60_000;
const endedBadly = new Set(["failed", "cancelled", "superseded"]);

/** Everything that a drill does to the lab and asks of it. */
export class LabStage {
  readonly layout: Layout;
  readonly operators: OperatorClient;
  readonly #clock: Clock;

  constructor(layout: Layout, clock: Clock) {
    this.layout = layout;
    this.#clock = clock;
    const { ports } = layout;
    const urls = sites.map((site) => `https://127.0.0.1:${ports.direct(site, "controller")}`);
    this.operators = new OperatorClient(urls, layout.operatorTls("otto"), clock);
  }

  get origin(): string {
    return `https://localhost:${this.layout.ports.frontDoor}`;
  }

  /** A region's own portal, without the front door: for clients that are pinned to it. */
  directOrigin(region: Region): string {
    return `https://localhost:${this.layout.ports.direct(region, "portal")}`;
  }

  /** The clock that this stage waits on. */
  get clock(): Clock {
    return this.#clock;
  }

  get authority(): Buffer {
    return readFileSync(this.layout.authorityFile);
  }

  /** Monotonic milliseconds of this process for a wall-clock instant of another one on this machine. */
  monotonicOf(wall: string | Date): number {
    const offset = this.#clock.monotonicMs() - this.#clock.wallNow().getTime();
    return (typeof wall === "string" ? Date.parse(wall) : wall.getTime()) + offset;
  }

  /** Does something to processes, and comes back when its effect was seen. Errors: those of the lab. */
  async fault(command: FaultCommand, signal: AbortSignal): Promise<FaultReport> {
    const { supervisorSocket } = this.layout;
    return faultReportSchema.parse(
      await callSocket(supervisorSocket, "POST", "/faults", command, signal),
    );
  }

  async wan(command: WanCommand, signal: AbortSignal): Promise<void> {
    await commandWan(this.layout.wanSocket, command, signal);
  }

  /** A switchover, as an operator asks for it, to its end. Error: DRILL_UNFINISHED. */
  async switchOver(to: Region, signal: AbortSignal): Promise<void> {
    const { operators } = this;
    const id = await operators.startRun({ kind: "switchover", to, reason: "drill" }, signal);
    const end = this.#clock.monotonicMs() + switchoverLimitMs;
    for (;;) {
      const { kind } = (await operators.run(id, signal)).state;
      if (kind === "completed") return;
      if (endedBadly.has(kind)) {
        throw new LabError("DRILL_UNFINISHED", `switchover ${id} ended as ${kind}`);
      }
      if (this.#clock.monotonicMs() > end) {
        throw new LabError("DRILL_UNFINISHED", `switchover ${id} is ${kind} still`);
      }
      await this.#clock.sleep(250, signal);
    }
  }

  /** Nothing passes between two places, either way, until `healLinks`. */
  async cut(from: Place, to: Place, signal: AbortSignal): Promise<void> {
    await this.wan({ kind: "cut", from, to, both: true }, signal);
  }

  async healLinks(signal: AbortSignal): Promise<void> {
    await this.wan({ kind: "heal-all" }, signal);
  }

  /** Which of `keys` the database of `region` does not hold. Runs as the database's own account, on its own socket. */
  async missingKeys(
    region: Region,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<string[]> {
    const missing: string[] = [];
    for (let at = 0; at < keys.length; at += keysAtOnce) {
      const some = keys.slice(at, at + keysAtOnce);
      const found = await this.sql(
        region,
        `select key from unnest('{${some.join(",")}}'::uuid[]) as key
          where not exists (select from portal.idempotency where idempotency_key = key)`,
        signal,
      );
      missing.push(...found.split("\n").filter((line) => line !== ""));
    }
    return missing;
  }

  /** One statement with the superuser's rights over the region's own socket; its rows as unaligned text. */
  async sql(region: Region, statement: string, signal: AbortSignal): Promise<string> {
    const { layout } = this;
    const port = layout.ports.direct(region, "postgres");
    const result = await runProgram(
      "psql",
      [
        "-X",
        "-qAt",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        join(layout.runDir, `pg-${region}`),
        "-p",
        String(port),
        "-U",
        "postgres",
        "-d",
        "careline",
        "-f",
        "-",
      ],
      { owner: layout.owner, cwd: "/", input: statement, env: { HOME: layout.runDir } },
      signal,
    );
    return result.stdout.trim();
  }

  /** The region that a healthy, protected system has as its primary. Error: DRILL_NOT_READY. */
  async primary(signal: AbortSignal): Promise<Region> {
    const { primary } = await this.operators.status(signal);
    const found = regions.find((region) => region === primary);
    if (found === undefined) throw new LabError("DRILL_NOT_READY", "no region is primary");
    return found;
  }

  async close(): Promise<void> {
    await this.operators.close();
  }
}
