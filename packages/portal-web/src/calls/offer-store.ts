import type { Offer } from "@careline/portal-contract/calls/index.ts";
import type { OfferEvent } from "@careline/portal-contract/queue/schemas.ts";
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { browserClock } from "../clock/index.ts";

/** A call that rings at this desk. */
export interface RingingOffer {
  readonly offer: Offer;
  /** What may be shown while it rings; null when only the offer itself is known (after a reload). */
  readonly details: Omit<OfferEvent, "offer"> | null;
  /** Monotonic time at which `offer.remainingMs` began to run. */
  readonly receivedAtMs: number;
}

export interface EndedOffer {
  readonly offerId: string;
  readonly outcome: "missed" | "withdrawn";
}

interface OfferState {
  readonly ringing: RingingOffer | null;
  readonly ended: EndedOffer | null;
  /** Rang here until an answer without it came; the event that says how it ended may still be on its way. */
  readonly silencedId: string | null;
}

const quiet: OfferState = { ringing: null, ended: null, silencedId: null };
let state: OfferState = quiet;
const listeners = new Set<() => void>();

function set(next: OfferState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Takes over the event `offer`. */
export function receiveOffer(queryClient: QueryClient, event: OfferEvent): void {
  const { offer, ...details } = event;
  takeOffer(offer, details);
  queryClient.invalidateQueries({ queryKey: ["missed-offers"] }).catch(() => {});
}

/** Takes over an offer; one that ended stops ringing, null means that nothing rings. */
export function takeOffer(offer: Offer | null, details: RingingOffer["details"] = null): void {
  const known = state.ringing;
  if (offer === null) {
    if (known !== null) set({ ...quiet, silencedId: known.offer.offerId });
    return;
  }
  const isKnown = known?.offer.offerId === offer.offerId;
  if (offer.outcome !== null) {
    const ended =
      offer.outcome === "missed" || offer.outcome === "withdrawn"
        ? { offerId: offer.offerId, outcome: offer.outcome }
        : null;
    if (isKnown || state.silencedId === offer.offerId) set({ ...quiet, ended });
    return;
  }
  if (isKnown && details === null) return;
  set({ ...quiet, ringing: { offer, details, receivedAtMs: browserClock.monotonicMs() } });
}

/** The offer rings no more at this desk: accepted, declined, or its explanation was read. */
export function dismissOffer(): void {
  set(quiet);
}

export function remainingMsOf(ringing: RingingOffer, nowMonotonicMs: number): number {
  return Math.max(0, ringing.offer.remainingMs - (nowMonotonicMs - ringing.receivedAtMs));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useOffer(): OfferState {
  return useSyncExternalStore(subscribe, () => state);
}
