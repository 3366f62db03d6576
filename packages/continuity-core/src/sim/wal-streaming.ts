import { append, canFollow, type WalRecord } from "./data-directory.ts";
import { type Connection, type Network, openConnection } from "./network.ts";
import type { Postgres } from "./postgres.ts";

/** wal_sender_timeout and wal_receiver_timeout. */
const timeoutMs = 2_000;
/** Status messages and keepalives; also wal_retrieve_retry_interval. */
const beatMs = 500;

/** The primary's end of a replication connection: the active process of the standby's slot. */
export class WalSender {
  readonly standbyDataId: string;
  readonly #primary: Postgres;
  readonly #network: Network;
  readonly #receiver: WalReceiver;
  confirmed: number;
  heardAt: number;
  #sent: number;
  readonly #toStandby: Connection;

  constructor(primary: Postgres, network: Network, receiver: WalReceiver, position: number) {
    this.#primary = primary;
    this.#network = network;
    this.#receiver = receiver;
    this.#toStandby = receiver.fromPrimary;
    this.standbyDataId = receiver.standby.directory.dataId;
    this.confirmed = position;
    this.#sent = position;
    this.heardAt = primary.queue.now;
  }

  /** Sends what the standby has not been sent yet. */
  ship(): void {
    const log = this.#primary.directory.log;
    const from = this.#sent;
    if (from >= log.length) return;
    this.#sent = log.length;
    const records = log.slice(from);
    const timeline = this.#primary.directory;
    const history = { timeline: timeline.timeline, history: timeline.history };
    const receiver = this.#receiver;
    this.#network.send(this.#primary.region, receiver.standby.region, this.#toStandby, () =>
      receiver.receive(from, records, history),
    );
  }

  keepalive(): void {
    if (this.#primary.queue.now - this.heardAt > timeoutMs) {
      this.close();
      return;
    }
    const receiver = this.#receiver;
    const end = this.#primary.position;
    this.#network.send(this.#primary.region, receiver.standby.region, this.#toStandby, () =>
      receiver.keptAlive(end),
    );
  }

  confirm(position: number): void {
    if (this.#primary.sender !== this) return;
    this.heardAt = this.#primary.queue.now;
    if (position <= this.confirmed) return;
    this.confirmed = position;
    for (let at = this.#primary.lastConfirmed + 1; at <= position; at += 1)
      this.#primary.committedAt.delete(at);
    this.#primary.lastConfirmed = position;
    this.#primary.standbyFlushed(position);
  }

  close(): void {
    if (this.#primary.sender !== this) return;
    this.#primary.sender = undefined;
    this.#primary.slotChangedAt = this.#primary.queue.now;
  }
}

interface TimelineState {
  readonly timeline: number;
  readonly history: Postgres["directory"]["history"];
}

/** The standby's end: receives, flushes, reports. It may still be fed by a primary that has long given it up. */
export class WalReceiver {
  readonly standby: Postgres;
  readonly fromPrimary: Connection = openConnection();
  readonly #toPrimary: Connection = openConnection();
  readonly #network: Network;
  readonly #primary: Postgres;
  sender: WalSender | undefined;
  /** True time of the last sign of life of the primary. */
  heardAt: number;
  #lastFlushAt = 0;
  #isClosed = false;

  constructor(standby: Postgres, primary: Postgres, network: Network) {
    this.standby = standby;
    this.#primary = primary;
    this.#network = network;
    this.heardAt = standby.queue.now;
  }

  /** Connects: the primary refuses what does not lie on its history. */
  connect(): void {
    const { standby } = this;
    const primary = this.#primary;
    this.#network.send(standby.region, primary.region, this.#toPrimary, () => {
      if (!primary.process.isUp) this.#refuse();
      primary.process.run(primary.process.life, () => {
        if (this.#isClosed) return;
        if (
          !primary.isPrimary ||
          !primary.hasSlot ||
          !canFollow(standby.directory, primary.directory)
        ) {
          this.#refuse();
          return;
        }
        primary.sender?.close();
        const sender = new WalSender(primary, this.#network, this, standby.position);
        primary.sender = sender;
        primary.lastConfirmed = standby.position;
        primary.slotChangedAt = primary.queue.now;
        this.sender = sender;
        sender.keepalive();
        sender.ship();
      });
    });
  }

  receive(from: number, records: readonly WalRecord[], state: TimelineState): void {
    const { standby } = this;
    standby.process.run(standby.process.life, () => {
      if (this.#isClosed) return;
      this.hear();
      const flushAt = Math.max(standby.queue.now + standby.fsyncMs(), this.#lastFlushAt);
      this.#lastFlushAt = flushAt;
      const life = standby.process.life;
      standby.queue.at(flushAt, () =>
        standby.process.run(life, () => this.#flush(from, records, state)),
      );
    });
  }

  hear(): void {
    this.heardAt = this.standby.queue.now;
    if (this.sender !== undefined) this.standby.heardPrimaryAt = this.heardAt;
  }

  /** A keepalive says where the primary's log ended when it was sent: whoever has all that has lost nothing before. */
  keptAlive(end: number): void {
    const { standby } = this;
    const heardAt = standby.queue.now;
    standby.process.run(standby.process.life, () => {
      if (this.#isClosed) return;
      this.hear();
      if (standby.position >= end) standby.completeAt = heardAt;
    });
  }

  /** Reports what is flushed; gives a silent primary up. */
  beat(): void {
    if (this.standby.queue.now - this.heardAt > timeoutMs) {
      this.close();
      return;
    }
    if (this.sender !== undefined) this.#report();
  }

  close(): void {
    this.#isClosed = true;
    if (this.standby.receiver === this) this.standby.receiver = undefined;
  }

  #flush(from: number, records: readonly WalRecord[], state: TimelineState): void {
    const { standby } = this;
    if (this.#isClosed) return;
    if (standby.position !== from || standby.isDiskFull) {
      this.close();
      return;
    }
    const { directory } = standby;
    const forked = state.history.at(-1);
    if (state.timeline !== directory.timeline && forked !== undefined && from >= forked.endsAt) {
      directory.timeline = state.timeline;
      directory.controlTimeline = state.timeline;
      directory.history = state.history;
      directory.promotedAt = forked.endsAt;
    }
    for (const record of records) append(directory, record);
    if (!standby.isReplayPaused) directory.replayed = directory.log.length;
    this.#report();
  }

  #refuse(): void {
    this.#network.send(this.#primary.region, this.standby.region, this.fromPrimary, () =>
      this.close(),
    );
  }

  #report(): void {
    const { sender, standby } = this;
    if (sender === undefined) return;
    const position = standby.position;
    const primary = this.#primary;
    const life = primary.process.life;
    this.#network.send(standby.region, primary.region, this.#toPrimary, () =>
      primary.process.run(life, () => sender.confirm(position)),
    );
  }
}

/** Keeps the two servers of an installation connected whenever one may follow the other. */
export function runStreaming(postgres: Postgres, peer: Postgres, network: Network): void {
  const beat = (): void => {
    const { process } = postgres;
    process.run(process.life, () => {
      postgres.sender?.keepalive();
      if (postgres.receiver !== undefined) postgres.receiver.beat();
      else if (postgres.isStandby && postgres.isReceiverWanted) {
        postgres.receiver = new WalReceiver(postgres, peer, network);
        postgres.receiver.connect();
      }
    });
    postgres.queue.after(beatMs, beat);
  };
  postgres.queue.after(postgres.dice.between(0, beatMs), beat);
}
