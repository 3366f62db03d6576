import type { Etcd, KeyValues, QuorumSite } from "./etcd.ts";
import { type Connection, openConnection } from "./network.ts";
import type { SimProcess } from "./sim-process.ts";

interface ConnectionPair {
  readonly there: Connection;
  readonly back: Connection;
}

/**
 * One connection of one process to the quorum store. A request that got no answer in time closes the connection
 * and turns to the next member; what was sent may still be applied, and its answer may still arrive.
 */
export class EtcdClient {
  readonly #etcd: Etcd;
  readonly #process: SimProcess;
  readonly #endpoints: readonly QuorumSite[];
  #next = 0;
  #connection: ConnectionPair = { there: openConnection(), back: openConnection() };

  constructor(etcd: Etcd, process: SimProcess, endpoints: readonly QuorumSite[]) {
    this.#etcd = etcd;
    this.#process = process;
    this.#endpoints = endpoints;
  }

  request<T>(
    timeoutMs: number,
    operation: (values: KeyValues) => T,
    answered: (answer: T) => void,
    unknown: () => void,
  ): void {
    let isDone = false;
    const endpoint = this.#endpoints[this.#next % this.#endpoints.length] as QuorumSite;
    const timer = this.#process.after(timeoutMs, () => {
      if (isDone) return;
      this.#next += 1;
      this.#connection = { there: openConnection(), back: openConnection() };
      unknown();
    });
    this.#etcd.request(this.#process, endpoint, this.#connection, operation, (answer) => {
      isDone = true;
      timer.action = undefined;
      // Late answers are delivered as well: whoever asked must recognise them.
      answered(answer);
    });
  }
}
