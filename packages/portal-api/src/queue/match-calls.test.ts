import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FreeAgent, matchCalls, type WaitingCall } from "./match-calls.ts";

const aCall = (callId: string, over: Partial<WaitingCall> = {}): WaitingCall => ({
  callId,
  programmeId: "p1",
  skill: "safety",
  skillLevelMin: 1,
  language: "en",
  priority: 5,
  queuedAtMs: 1_000,
  preferredAgentId: null,
  preferredUntilMs: 0,
  missedByAgentIds: [],
  declinedByAgentIds: [],
  ...over,
});
const anAgent = (agentId: string, over: Partial<FreeAgent> = {}): FreeAgent => ({
  agentId,
  availableSinceMs: 1_000,
  programmeIds: new Set(["p1"]),
  skills: new Map([["safety", 3]]),
  languages: new Map([["en", 3]]),
  ...over,
});
const pairs = (calls: WaitingCall[], agents: FreeAgent[], nowMs = 5_000): string[] =>
  matchCalls(calls, agents, nowMs).map((match) => `${match.callId}→${match.agentId}`);

describe("who is offered which call", () => {
  it("gives the longest waiting caller to the agent who is free longest", () => {
    expect(
      pairs(
        [aCall("c2", { queuedAtMs: 2_000 }), aCall("c1", { queuedAtMs: 1_000 })],
        [
          anAgent("late", { availableSinceMs: 4_000 }),
          anAgent("early", { availableSinceMs: 2_000 }),
        ],
      ),
    ).toEqual(["c1→early", "c2→late"]);
  });
  it("takes an urgent caller before one who waits longer", () => {
    expect(
      pairs([aCall("old"), aCall("urgent", { priority: 1, queuedAtMs: 4_000 })], [anAgent("a")]),
    ).toEqual(["urgent→a"]);
  });
  it("offers a call only to who speaks its language, has the skill at its level and works for its programme", () => {
    const call = aCall("c", { language: "es", skillLevelMin: 3 });
    expect(pairs([call], [anAgent("no-spanish")])).toEqual([]);
    const spanish = new Map([["es", 1]]);
    expect(
      pairs([call], [anAgent("low", { languages: spanish, skills: new Map([["safety", 2]]) })]),
    ).toEqual([]);
    expect(
      pairs([call], [anAgent("other", { languages: spanish, programmeIds: new Set(["p2"]) })]),
    ).toEqual([]);
    expect(pairs([call], [anAgent("fits", { languages: spanish })])).toEqual(["c→fits"]);
  });
  it("does not let a caller nobody can serve block those behind", () => {
    expect(
      pairs(
        [aCall("french", { language: "fr" }), aCall("next", { queuedAtMs: 3_000 })],
        [anAgent("a")],
      ),
    ).toEqual(["next→a"]);
  });
  it("waits for the colleague a caller was handed to, then takes anyone", () => {
    const call = aCall("c", { preferredAgentId: "named", preferredUntilMs: 10_000 });
    expect(pairs([call], [anAgent("a")])).toEqual([]);
    expect(pairs([call], [anAgent("a"), anAgent("named", { skills: new Map() })])).toEqual([
      "c→named",
    ]);
    expect(pairs([call], [anAgent("a")], 10_000)).toEqual(["c→a"]);
  });
  it("asks who missed the call again only when nobody else fits", () => {
    const call = aCall("c", { missedByAgentIds: ["a"] });
    expect(pairs([call], [anAgent("a", { availableSinceMs: 0 }), anAgent("b")])).toEqual(["c→b"]);
    expect(pairs([call], [anAgent("a")])).toEqual(["c→a"]);
  });
  it("never offers a call again to who declined it", () => {
    expect(pairs([aCall("c", { declinedByAgentIds: ["a"] })], [anAgent("a")])).toEqual([]);
  });
  it("never gives a caller to two agents nor an agent two callers, whatever waits", () => {
    const call = fc.record({
      language: fc.constantFrom("en", "es"),
      priority: fc.integer({ min: 1, max: 5 }),
      queuedAtMs: fc.nat(9),
    });
    const agent = fc.record({ availableSinceMs: fc.nat(9), speaks: fc.constantFrom("en", "es") });
    fc.assert(
      fc.property(
        fc.array(call, { maxLength: 30 }),
        fc.array(agent, { maxLength: 30 }),
        (calls, agents) => {
          const matches = matchCalls(
            calls.map((one, index) => aCall(`c${index}`, one)),
            agents.map((one, index) =>
              anAgent(`a${index}`, {
                availableSinceMs: one.availableSinceMs,
                languages: new Map([[one.speaks, 3]]),
              }),
            ),
            5_000,
          );
          expect(new Set(matches.map((match) => match.callId)).size).toBe(matches.length);
          expect(new Set(matches.map((match) => match.agentId)).size).toBe(matches.length);
          for (const language of ["en", "es"]) {
            const waiting = calls.filter((one) => one.language === language).length;
            const speaking = agents.filter((one) => one.speaks === language).length;
            const served = matches.filter(
              (match) => calls[Number(match.callId.slice(1))]?.language === language,
            ).length;
            expect(served).toBe(Math.min(waiting, speaking));
          }
        },
      ),
    );
  });
});
