import { connect } from "node:net";
import type { Site } from "@careline/continuity-core";
import { type Clock, readTlsFiles } from "@careline/platform";
import { Agent, request } from "undici";
import type { ControllerConfig } from "../config.ts";
import { PeerClient } from "../http/index.ts";

const CONTROLLER_EACH_MS = 1_000;
const PORTAL_EACH_MS = 500;
const DATABASE_EACH_MS = 2_000;
const WITHIN_MS = 800;
/** Something that answered within this counts as seen. */
const FRESH_MS = 3_000;

/** What this site can see of the others, probed at a steady pace beside the controller's loop. */
export class Surroundings {
  readonly #config: ControllerConfig;
  readonly #clock: Clock;
  readonly #peers: readonly { readonly site: Site; readonly client: PeerClient }[];
  readonly #agent: Agent;
  readonly #seenAtMs = new Map<string, number>();

  constructor(config: ControllerConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
    this.#agent = new Agent({
      connect: { ca: readTlsFiles(config.tls).ca, timeout: WITHIN_MS },
      allowH2: false,
    });
    this.#peers = Object.entries(config.controllers).map(([site, { url }]) => ({
      site: site as Site,
      client: new PeerClient(url, config.tls, `controller.${site}`, clock),
    }));
  }

  /** Probes until `signal` aborts. */
  async watch(primary: () => "east" | "west" | null, signal: AbortSignal): Promise<void> {
    await Promise.all([
      ...this.#peers.map(({ site, client }) =>
        this.#each(CONTROLLER_EACH_MS, signal, async () => {
          await client.request("GET", "/v1/ping", undefined, WITHIN_MS, signal);
          this.#note(`controller/${site}`);
        }),
      ),
      this.#each(PORTAL_EACH_MS, signal, async () => this.#askPortal(primary(), signal)),
      this.#each(DATABASE_EACH_MS, signal, async () => this.#askDatabase(signal)),
      this.#each(CONTROLLER_EACH_MS, signal, async () => this.#askOtherPortal(signal)),
    ]);
  }

  /** Sites whose controller answered lately. */
  sees(): Site[] {
    return this.#peers
      .filter(({ site }) => this.#ageMs(`controller/${site}`) < FRESH_MS)
      .map(({ site }) => site);
  }

  /** Since the portal of `site` answered that it holds a permit; null: not lately. */
  servingAgeMs(site: "east" | "west"): number | null {
    const age = this.#ageMs(`serving/${site}`);
    return age < FRESH_MS ? age : null;
  }

  canReachDatabase(): boolean {
    return this.#ageMs("database") < 2 * FRESH_MS;
  }

  /** What of the region `site` answered within the last few seconds, whoever is primary. */
  signsOfLife(site: "east" | "west"): string[] {
    const signs = [`controller/${site}`, `alive/${site}`, `serving/${site}`].filter(
      (what) => this.#ageMs(what) < FRESH_MS,
    );
    // The other region's database is the only one that is asked from here.
    const isOther = this.#config.site !== "witness" && site !== this.#config.site;
    return isOther && this.canReachDatabase() ? [...signs, `database/${site}`] : signs;
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), ...this.#peers.map(({ client }) => client.close())]);
  }

  async #askPortal(site: "east" | "west" | null, signal: AbortSignal): Promise<void> {
    if (site !== null && (await this.#isWell(site, "/health", signal)))
      this.#note(`serving/${site}`);
  }

  /** A standby's portal answers without a permit: a sign that its region is not off. */
  async #askOtherPortal(signal: AbortSignal): Promise<void> {
    const { site } = this.#config;
    if (site === "witness") return;
    const other = site === "east" ? "west" : "east";
    if (await this.#isWell(other, "/health/alive", signal)) this.#note(`alive/${other}`);
  }

  async #isWell(site: "east" | "west", path: string, signal: AbortSignal): Promise<boolean> {
    const url = this.#config.portals[site]?.url;
    if (url === undefined) return false;
    const answer = await request(`${url.replace(/\/$/, "")}${path}`, {
      dispatcher: this.#agent,
      signal: AbortSignal.any([signal, this.#clock.deadline(WITHIN_MS)]),
    });
    await answer.body.dump();
    return answer.statusCode === 200;
  }

  /** PostgreSQL answers the request for TLS with one byte before anything else: enough to know that it accepts. */
  async #askDatabase(signal: AbortSignal): Promise<void> {
    const upstream = this.#config.region?.postgres.upstream;
    if (upstream === undefined) return;
    const limit = AbortSignal.any([signal, this.#clock.deadline(WITHIN_MS)]);
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ ...upstream, signal: limit });
      socket.once("connect", () => socket.write(Buffer.from("0000000804d2162f", "hex")));
      socket.once("data", () => {
        this.#note("database");
        resolve();
      });
      socket.once("close", () => reject(new Error("closed without an answer")));
      socket.once("error", reject);
      socket.once("data", () => socket.destroy());
    });
  }

  async #each(periodMs: number, signal: AbortSignal, probe: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await probe().catch(() => undefined);
      await this.#clock.sleep(periodMs, signal).catch(() => undefined);
    }
  }

  #note(what: string): void {
    this.#seenAtMs.set(what, this.#clock.monotonicMs());
  }

  #ageMs(what: string): number {
    return this.#clock.monotonicMs() - (this.#seenAtMs.get(what) ?? Number.NEGATIVE_INFINITY);
  }
}
