import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  clearLock,
  lockedByService,
  lockScreen,
  openedByService,
  screenLock,
} from "./screen-lock.ts";

const agentId = "0199aaaa-0000-7000-8000-000000000001";
let answers: (() => Promise<Response>)[] = [];

beforeEach(() => {
  clearLock();
  vi.stubGlobal("fetch", () =>
    (answers.shift() ?? (() => Promise.reject(new TypeError("no network"))))(),
  );
});
afterEach(() => {
  answers = [];
  vi.unstubAllGlobals();
});

it("locks at once, even while no region answers", () => {
  const life = new AbortController();
  void lockScreen(agentId, life.signal);
  expect(screenLock()).toEqual({ agentId, told: false });
  life.abort();
});
it("is not opened by a service that does not know of the lock yet", () => {
  const life = new AbortController();
  void lockScreen(agentId, life.signal);
  openedByService(agentId);
  expect(screenLock()).not.toBeNull();
  life.abort();
});
it("is opened by the service once the service knew of it", async () => {
  answers = [() => Promise.resolve(new Response(null, { status: 204 }))];
  await lockScreen(agentId, new AbortController().signal);
  expect(screenLock()).toEqual({ agentId, told: true });
  openedByService(agentId);
  expect(screenLock()).toBeNull();
});
it("follows a lock that another computer or the time limit set", () => {
  lockedByService(agentId);
  expect(screenLock()).toEqual({ agentId, told: true });
});
