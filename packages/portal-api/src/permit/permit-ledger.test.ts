import { expect, it } from "vitest";
import { type PermitAnswer, PermitLedger } from "./permit-ledger.ts";

const answer = (question: number, changes: Partial<PermitAnswer> = {}): PermitAnswer => ({
  question,
  change: 1,
  permit: { term: 3, remainingMs: 1_000 },
  reason: "serving",
  durability: { geo: true, generation: 2, unprotectedSince: null, acceptUnprotected: true },
  primary: "east",
  ...changes,
});

it("has no permit before the keeper answered", () => {
  const ledger = new PermitLedger();
  expect(ledger.current(0)).toBeNull();
  expect(ledger.durability).toMatchObject({ geo: false, acceptUnprotected: false });
});

it("counts a permit from before it asked, however late the answer comes", () => {
  const ledger = new PermitLedger();
  ledger.ask(100);
  ledger.take(answer(1));
  expect(ledger.current(1_099)).toEqual({ term: 3, remainingMs: 1 });
  expect(ledger.current(1_100)).toBeNull();
});

it("leaves the answer to an older question aside", () => {
  const ledger = new PermitLedger();
  ledger.ask(0);
  ledger.ask(50);
  expect(ledger.take(answer(1))).toBe("stale");
  expect(ledger.current(60)).toBeNull();
  expect(ledger.take(answer(2))).toBe("changed");
  expect(ledger.current(60)).not.toBeNull();
});

it("leaves a repeated answer aside", () => {
  const ledger = new PermitLedger();
  ledger.ask(0);
  ledger.take(answer(1, { permit: null }));
  expect(ledger.take(answer(1))).toBe("stale");
  expect(ledger.current(1)).toBeNull();
});

it("confirms a change only after the answer that taught it was acted on", () => {
  const ledger = new PermitLedger();
  expect(ledger.ask(0).seenChange).toBe(0);
  ledger.take(answer(1, { change: 4 }));
  expect(ledger.isNews(5)).toBe(true);
  expect(ledger.ask(10).seenChange).toBe(4);
  expect(ledger.take(answer(2, { change: 5, permit: null, reason: "draining" }))).toBe("changed");
  expect(ledger.current(11)).toBeNull();
  expect(ledger.ask(12).seenChange).toBe(5);
});

it("asks again at once for a change, and not for the repeat of one that it knows", () => {
  const ledger = new PermitLedger();
  ledger.ask(0);
  expect(ledger.take(answer(1, { change: 4 }))).toBe("changed");
  expect([ledger.isNews(4), ledger.isNews(3)]).toEqual([false, true]);
  ledger.ask(10);
  expect(ledger.take(answer(2, { change: 4 }))).toBe("same");
});

it("says what the last answer said of durability, of the reason and of the primary", () => {
  const ledger = new PermitLedger();
  expect([ledger.reason, ledger.primary]).toEqual(["starting", null]);
  ledger.ask(0);
  const durability = {
    geo: false,
    generation: 7,
    unprotectedSince: null,
    acceptUnprotected: false,
  };
  ledger.take(answer(1, { permit: null, reason: "draining", primary: "west", durability }));
  expect(ledger).toMatchObject({ reason: "draining", primary: "west", durability });
});

it("voids the answer that was on its way when it asked again after a change line", () => {
  const ledger = new PermitLedger();
  ledger.ask(0);
  ledger.take(answer(1, { permit: null }));
  ledger.ask(100);
  const again = ledger.ask(101);
  expect(ledger.take(answer(2))).toBe("stale");
  expect(ledger.current(102)).toBeNull();
  expect(again.question).toBe(3);
});

it("lets a permit run to its own end while the keeper is silent, and says why afterwards", () => {
  const ledger = new PermitLedger();
  ledger.ask(0);
  ledger.take(answer(1));
  ledger.silence(500);
  expect(ledger.current(999)).not.toBeNull();
  expect(ledger.reason).toBe("serving");
  ledger.silence(1_000);
  expect(ledger.reason).toBe("keeper-silent");
});
