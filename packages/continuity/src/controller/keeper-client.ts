import type { CommandOutcome, KeeperCommand, KeeperStatus } from "@careline/continuity-core";
import type { Clock, TlsFiles } from "@careline/platform";
import { PeerClient } from "../http/index.ts";
import type { Milestones } from "../keeper/index.ts";

export type KeeperReport = KeeperStatus & {
  readonly milestones: Milestones;
  readonly leastSlackMs: number | null;
  readonly upForMs: number;
};

/** A command's answer comes when the state it asks for holds; a clone's first start may replay for a while. */
const COMMAND_WITHIN_MS = 65_000;

/** This site's keeper: status (which is a sign of life), commands and notices, on a connection each. */
export class KeeperClient {
  readonly #status: PeerClient;
  readonly #notices: PeerClient;
  readonly #open = new Set<PeerClient>();
  readonly #connect: () => PeerClient;

  constructor(url: string, tls: TlsFiles, site: string, clock: Clock) {
    this.#connect = () => new PeerClient(url, tls, `keeper.${site}`, clock);
    this.#status = this.#connect();
    this.#notices = this.#connect();
  }

  async status(signal: AbortSignal): Promise<KeeperReport> {
    return (await this.#status.request(
      "GET",
      "/v1/status",
      undefined,
      1_000,
      signal,
    )) as KeeperReport;
  }

  async command(command: KeeperCommand, signal: AbortSignal): Promise<CommandOutcome> {
    const peer = this.#connect();
    this.#open.add(peer);
    try {
      const answer = await peer.request("POST", "/v1/commands", command, COMMAND_WITHIN_MS, signal);
      return answer as CommandOutcome;
    } finally {
      this.#open.delete(peer);
      await peer.close();
    }
  }

  /** Lines about phases and the primary's lapse, until the connection ends. */
  notices(signal: AbortSignal): AsyncGenerator<string> {
    return this.#notices.lines("/v1/notices", signal);
  }

  async close(): Promise<void> {
    await Promise.all([this.#status, this.#notices, ...this.#open].map((peer) => peer.close()));
  }
}
