import {
  createSealingKey,
  fetchTransport,
  Outbox,
  type OutboxStorage,
  type Sealer,
  webCryptoSealer,
} from "@careline/outbox";
import { clientName, observeAnswers, signalsOf } from "../api/index.ts";
import { type Drafts, sealedDrafts, volatileDrafts } from "./drafts.ts";
import { indexedDbStorage, refusingStorage } from "./indexeddb-storage.ts";
import { openOutboxDatabase } from "./outbox-database.ts";
import { ownerKey } from "./owner-key.ts";
import { tabSignals, webLock } from "./tabs.ts";

/** What this browser keeps for one person: unsent writes and unfinished texts. */
export interface Workspace {
  readonly owner: string;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  close(): void;
}

interface Store {
  readonly storage: OutboxStorage;
  readonly sealer: Sealer;
  readonly drafts: Drafts;
}

async function openStore(owner: string): Promise<Store> {
  try {
    const database = await openOutboxDatabase();
    const sealer = webCryptoSealer(await ownerKey(database, owner));
    const drafts = sealedDrafts(database, sealer, owner);
    return { storage: indexedDbStorage(database), sealer, drafts };
  } catch {
    // No storage at all (private window, policy): writes then wait in memory, and the banner says so.
    const sealer = webCryptoSealer(await createSealingKey());
    return { storage: refusingStorage, sealer, drafts: volatileDrafts() };
  }
}

/** Opens the person's workspace and starts sending what waits. `close` stops it; what waits stays on the disk. */
export async function openWorkspace(owner: string): Promise<Workspace> {
  const { storage, sealer, drafts } = await openStore(owner);
  const tabs = tabSignals(owner);
  const outbox = new Outbox({
    owner,
    storage,
    sealer,
    lock: webLock,
    tabs,
    transport: fetchTransport({
      baseUrl: "",
      fetch: observedFetch,
      headers: () => ({ "careline-client": clientName, "careline-activity": "background" }),
    }),
  });
  const life = new AbortController();
  const stopObserving = observeAnswers(({ confirmed }) => {
    if (confirmed !== null) outbox.observeConfirmed(confirmed);
  });
  const onOnline = (): void => outbox.resume();
  window.addEventListener("online", onOnline);
  void outbox.run(life.signal);
  return {
    owner,
    outbox,
    drafts,
    close() {
      window.removeEventListener("online", onOnline);
      stopObserving();
      life.abort();
      tabs.close();
    },
  };
}

const sightings = new Set<(response: Response) => void>();

/** Calls `observer` with the head of each answer that the outbox gets, until the returned function is called. */
export function observeOutboxAnswers(
  observer: (signals: ReturnType<typeof signalsOf>, status: number) => void,
): () => void {
  const sight = (response: Response): void =>
    observer(signalsOf(response.headers), response.status);
  sightings.add(sight);
  return () => sightings.delete(sight);
}

async function observedFetch(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  for (const sight of sightings) sight(response);
  return response;
}
