import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLayout, prepareLayout, refuseDisksWithoutRoot } from "./open-layout.ts";
import { ensureSecret } from "./secrets.ts";

let dir = "";
let stateDir = "";
beforeEach(() => {
  // Readable by the servers' user too, as /tmp is.
  dir = mkdtempSync(join(tmpdir(), "careline-layout-"));
  stateDir = join(dir, "state");
  rmSync(dir, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const silent = (): void => undefined;

describe("the lab of a clone", () => {
  it("is nothing before it was first prepared", () => {
    expect(openLayout("/", stateDir)).toBeNull();
  });

  it("keeps its ports and its name from the first start on", () => {
    const first = prepareLayout("/", { stateDir, portBase: 26_000 }, silent);
    const again = prepareLayout("/", { stateDir }, silent);
    expect(again.settings).toEqual(first.settings);
    expect(openLayout("/", stateDir)?.ports.base).toBe(26_000);
  });

  it("takes other ports as long as nothing was started, as where the first ones were taken", () => {
    const first = prepareLayout("/", { stateDir, portBase: 26_000 }, silent);
    const second = prepareLayout("/", { stateDir, portBase: 27_000 }, silent);
    expect(second.ports.base).toBe(27_000);
    expect(second.settings.installation).toBe(first.settings.installation);
  });

  it("refuses other ports once data depend on them", () => {
    const layout = prepareLayout("/", { stateDir, portBase: 26_000 }, silent);
    mkdirSync(layout.processDir("east", "etcd"), { recursive: true });
    expect(() => prepareLayout("/", { stateDir, portBase: 27_000 }, silent)).toThrow(
      expect.objectContaining({ code: "CHOICE_FIXED" }),
    );
  });

  it("refuses disks of their own to whoever is not root, before anything is kept", () => {
    const otto = { name: "otto", switchTo: null };
    const root = { name: "postgres", switchTo: { uid: 1, gid: 1 } };
    expect(() => refuseDisksWithoutRoot(3_000, otto)).toThrow(
      expect.objectContaining({ code: "FAULT_UNAVAILABLE" }),
    );
    expect(() => refuseDisksWithoutRoot(undefined, otto)).not.toThrow();
    expect(() => refuseDisksWithoutRoot(3_000, root)).not.toThrow();
  });

  it("refuses a settings file that it cannot read instead of starting afresh over the data", () => {
    prepareLayout("/", { stateDir }, silent);
    writeFileSync(join(stateDir, "lab.json"), "{}");
    expect(() => prepareLayout("/", { stateDir }, silent)).toThrow(
      expect.objectContaining({ code: "STATE_UNREADABLE" }),
    );
  });

  it("refuses a state folder below a file, or in the place of one, and says so with a code", () => {
    mkdirSync(dir);
    const file = join(dir, "file");
    writeFileSync(file, "");
    for (const wanted of [file, join(file, "state"), join(file, "deeper", "state")]) {
      expect(() => prepareLayout("/", { stateDir: wanted }, silent)).toThrow(
        expect.objectContaining({ code: "STATE_UNUSABLE" }),
      );
    }
  });

  it("refuses a state folder that leads nowhere", () => {
    mkdirSync(dir);
    symlinkSync(join(dir, "gone"), stateDir);
    expect(() => prepareLayout("/", { stateDir }, silent)).toThrow(
      expect.objectContaining({ code: "STATE_UNUSABLE" }),
    );
  });

  it("takes an empty folder, and leaves one with somebody's files as it is", () => {
    mkdirSync(stateDir, { recursive: true });
    prepareLayout("/", { stateDir }, silent);
    const theirs = join(dir, "theirs");
    mkdirSync(theirs, { mode: 0o750 });
    writeFileSync(join(theirs, "diary"), "");
    const before = statSync(theirs);
    expect(() => prepareLayout("/", { stateDir: theirs }, silent)).toThrow(
      expect.objectContaining({ code: "STATE_UNUSABLE" }),
    );
    const { mode, uid } = statSync(theirs);
    expect({ mode, uid }).toEqual({ mode: before.mode, uid: before.uid });
  });

  it("makes each secret once, readable by its owner only", () => {
    const layout = prepareLayout("/", { stateDir }, silent);
    const file = ensureSecret(layout, "something");
    const made = statSync(file);
    expect(made.mode & 0o777).toBe(0o600);
    expect(ensureSecret(layout, "something")).toBe(file);
    expect(statSync(file).mtimeMs).toBe(made.mtimeMs);
  });

  it("keeps sockets' paths short however deep the clone lies", () => {
    const deep = join(stateDir, "x".repeat(100));
    const layout = prepareLayout("/", { stateDir: deep }, silent);
    expect(Buffer.byteLength(layout.supervisorSocket)).toBeLessThan(107);
    rmSync(layout.runDir, { recursive: true, force: true });
  });
});
