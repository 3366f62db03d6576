import { expect, it } from "vitest";
import type { Session } from "../serving/index.ts";
import { mayReceive } from "./audience.ts";

const agent: Session = {
  sessionId: "s1",
  agentId: "a1",
  role: "agent",
  permissions: [],
  teamId: "t1",
  programmeIds: [],
  displayName: "Ada Example",
};
const supervisor: Session = { ...agent, agentId: "a2", sessionId: "s2", role: "supervisor" };

it("reaches the agents and sessions that it names, and nobody else", () => {
  expect(mayReceive({ agents: ["a1"] }, agent)).toBe(true);
  expect(mayReceive({ agents: ["a1"] }, supervisor)).toBe(false);
  expect(mayReceive({ sessions: ["s2"] }, supervisor)).toBe(true);
  expect(mayReceive({ sessions: ["s2"] }, agent)).toBe(false);
});

it("reaches a team's supervisors and not its agents, unless it names their role", () => {
  expect(mayReceive({ teams: ["t1"] }, supervisor)).toBe(true);
  expect(mayReceive({ teams: ["t1"] }, agent)).toBe(false);
  expect(mayReceive({ teams: ["t1"], roles: ["agent"] }, agent)).toBe(true);
  expect(mayReceive({ teams: ["t2"] }, supervisor)).toBe(false);
});

it("reaches a role of every team only when it says so", () => {
  expect(mayReceive({ roles: ["supervisor"] }, supervisor)).toBe(false);
  expect(mayReceive({ roles: ["supervisor"], everyTeam: true }, supervisor)).toBe(true);
  expect(mayReceive({ roles: ["supervisor"], everyTeam: true }, agent)).toBe(false);
});

it("reaches nobody when it names nobody", () => {
  expect(mayReceive({}, supervisor)).toBe(false);
  expect(mayReceive({ teams: [] }, { ...supervisor, teamId: null })).toBe(false);
});
