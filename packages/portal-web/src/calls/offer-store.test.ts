import type { Offer } from "@careline/portal-contract/calls/index.ts";
import { act, renderHook } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { dismissOffer, remainingMsOf, takeOffer, useOffer } from "./offer-store.ts";

const anOffer = (over: Partial<Offer> = {}): Offer => ({
  offerId: "0199c0de-0000-7000-8000-00000000000a",
  callId: "0199c0de-0000-7000-8000-000000000001",
  agentId: "0199c0de-0000-7000-8000-0000000000aa",
  offeredAt: "2026-11-22T09:00:00.000Z",
  expiresAt: "2026-11-22T09:00:20.000Z",
  remainingMs: 20_000,
  outcome: null,
  ...over,
});

afterEach(() => act(dismissOffer));

it("rings until the service says how the offer ended, then explains a missed one", () => {
  const { result } = renderHook(useOffer);
  act(() => takeOffer(anOffer()));
  expect(result.current.ringing?.offer.offerId).toBe(anOffer().offerId);
  act(() => takeOffer(anOffer({ outcome: "missed" })));
  expect(result.current).toMatchObject({ ringing: null, ended: { outcome: "missed" } });
});
it("explains a missed call also when an answer without it came before the event", () => {
  const { result } = renderHook(useOffer);
  act(() => takeOffer(anOffer()));
  act(() => takeOffer(null));
  expect(result.current).toMatchObject({ ringing: null, ended: null });
  act(() => takeOffer(anOffer({ outcome: "missed" })));
  expect(result.current).toMatchObject({ ringing: null, ended: { outcome: "missed" } });
});
it("explains nothing about a call that this desk took or that never rang here", () => {
  const { result } = renderHook(useOffer);
  act(() => takeOffer(anOffer()));
  act(dismissOffer);
  act(() => takeOffer(null));
  act(() => takeOffer(anOffer({ outcome: "missed" })));
  expect(result.current.ended).toBeNull();
  act(() =>
    takeOffer(anOffer({ offerId: "0199c0de-0000-7000-8000-00000000000b", outcome: "withdrawn" })),
  );
  expect(result.current.ended).toBeNull();
});
it("does not start the countdown anew when the same offer is read again", () => {
  const { result } = renderHook(useOffer);
  act(() => takeOffer(anOffer()));
  const first = result.current.ringing;
  act(() => takeOffer(anOffer({ remainingMs: 12_000 })));
  expect(result.current.ringing).toBe(first);
});
it("counts down from the answer and never below zero, whatever the wall clocks say", () => {
  const ringing = { offer: anOffer(), details: null, receivedAtMs: 1_000 };
  expect(remainingMsOf(ringing, 6_000)).toBe(15_000);
  expect(remainingMsOf(ringing, 90_000)).toBe(0);
});
