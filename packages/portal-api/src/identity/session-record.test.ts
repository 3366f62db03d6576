import { expect, it } from "vitest";
import { type SessionRecord, sessionState } from "./session-record.ts";

const now = new Date("2026-11-22T10:00:00Z");
const minutesAgo = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
const lockAfterMs = 15 * 60_000;
const aRecord = (changes: Partial<SessionRecord> = {}): SessionRecord => ({
  session_id: "01990000-0000-7000-8000-00000000000a",
  agent_id: "01990000-0000-7000-8000-000000000001",
  role: "agent",
  permissions: [],
  team_id: null,
  programme_ids: [],
  first_name: "Ada",
  last_name: "Example",
  status: "active",
  expires_at: new Date("2026-11-22T18:00:00Z"),
  locked_at: null,
  ended_at: null,
  last_activity_at: minutesAgo(1),
  ...changes,
});

it("is active while the person is at work, by what PostgreSQL or the cache saw", () => {
  expect(sessionState(aRecord(), null, now, lockAfterMs)).toBe("active");
  expect(
    sessionState(aRecord({ last_activity_at: minutesAgo(20) }), minutesAgo(1), now, lockAfterMs),
  ).toBe("active");
});

it("locks after 15 minutes without activity, and not a second before", () => {
  expect(sessionState(aRecord({ last_activity_at: minutesAgo(15) }), null, now, lockAfterMs)).toBe(
    "locked",
  );
  expect(
    sessionState(aRecord({ last_activity_at: minutesAgo(14.99) }), null, now, lockAfterMs),
  ).toBe("active");
});

it("stays locked whatever the activity, once it was locked", () => {
  expect(sessionState(aRecord({ locked_at: minutesAgo(2) }), now, now, lockAfterMs)).toBe("locked");
});

it.each([
  ["signed out or revoked", { ended_at: minutesAgo(1) }],
  ["at the end of its life", { expires_at: now }],
  ["of someone who left", { status: "terminated" }],
])("is over when it is %s", (_, changes) => {
  expect(() => sessionState(aRecord(changes), now, now, lockAfterMs)).toThrow(
    expect.objectContaining({ code: "SESSION_ENDED" }),
  );
});
