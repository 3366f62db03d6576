import { ApiError, observeAnswers, send } from "../api/index.ts";
import { browserClock } from "../clock/index.ts";
import { afterSighting, type ServiceState, type Sighting } from "./service-state.ts";

let state: ServiceState = { kind: "unknown" };
const listeners = new Set<() => void>();

export function serviceState(): ServiceState {
  return state;
}

export function subscribeToService(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes in what was just seen of the service. */
export function sawService(sighting: Sighting): void {
  const next = afterSighting(state, sighting, browserClock.wallNow().toISOString());
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

/** Takes in how a request failed; failures that say nothing about the service are left alone. */
export function sawFailure(error: unknown): void {
  if (!(error instanceof ApiError)) return;
  if (error.failure.kind === "unreachable" || error.status === 502 || error.code === "NO_REGION") {
    sawService({ kind: "no-answer" });
  } else if (error.status === 503 && error.code !== "OVERLOADED") {
    sawService({ kind: "write-refused" });
  }
}

/** Asks the service how it is. Never throws; what came of it is in the store. */
export async function askService(signal: AbortSignal): Promise<void> {
  try {
    const { data } = await send("readServiceStatus", { background: true }, signal);
    sawService({
      kind: "reported",
      site: data.site,
      writable: data.writable,
      unprotectedSince: data.protected ? null : data.unprotectedSince,
      ageSeconds: data.dataAgeSeconds,
    });
  } catch (error) {
    if (!signal.aborted) sawFailure(error);
  }
}

const troubledEveryMs = 1_000;
const aloneEveryMs = 5_000;
const calmEveryMs = 15_000;

function nextLookMs(): number {
  if (state.kind !== "serving") return troubledEveryMs;
  return state.unprotectedSince === null ? calmEveryMs : aloneEveryMs;
}

/** Keeps the store true until `signal` aborts: each second while nothing can be saved, each 5 s while one region is alone, else each 15 s. */
export async function watchService(signal: AbortSignal): Promise<void> {
  const stopObserving = observeAnswers((signals) => {
    if (signals.site !== null) {
      sawService({ kind: "answered", site: signals.site, ageSeconds: signals.dataAgeSeconds });
    }
  });
  signal.addEventListener("abort", stopObserving, { once: true });
  while (!signal.aborted) {
    await askService(signal);
    await waitOrTrouble(nextLookMs(), signal);
  }
}

/** Waits, but no longer than until the service leaves "serving" or the browser reports a network. */
function waitOrTrouble(ms: number, signal: AbortSignal): Promise<void> {
  const before = state.kind;
  return new Promise((resolve) => {
    const done = (): void => {
      stopTimer();
      stopListening();
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const stopTimer = browserClock.after(ms, done);
    const stopListening = subscribeToService(() => {
      if (before === "serving" && state.kind !== "serving") done();
    });
    window.addEventListener("online", done);
    signal.addEventListener("abort", done, { once: true });
  });
}
