import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DeskBrowser, protocolOf, sidewaysOverflow } from "./desk-browser.ts";
import { aBoard } from "./fixtures/board-data.ts";
import { aCallback, aTask } from "./fixtures/callback-data.ts";
import * as demo from "./fixtures/demo-data.ts";
import { withCall } from "./fixtures/scenarios.ts";
import { smallDisk } from "./full-disk.ts";
import { pasteEverywhere, hostileTexts as texts, unstorable } from "./hostile-text.ts";

let desk: DeskBrowser;

beforeAll(async () => {
  desk = await DeskBrowser.start();
});
afterEach(() => desk.reset());
afterAll(() => desk.stop());

async function nothingRan(page: Page): Promise<void> {
  expect(await page.evaluate(() => "broken" in globalThis)).toBe(false);
}

describe("hostile text", () => {
  it.each(Object.keys(texts))("in every field of the desk: %s", async (kind) => {
    const text = texts[kind] ?? "";
    withCall(desk.service);
    const { caller } = demo.aCall();
    const [note] = demo.notes.items;
    if (caller === null || note === undefined) throw new TypeError("the call has both");
    desk.service
      .answer("readPatient", demo.aPatient(false))
      .answer("addNote", note)
      .answer("putCaller", caller)
      .answer("saveWrapUp", demo.aCall());
    const { page, complaints } = await desk.open("/desk");
    await page.getByText("Connected", { exact: true }).first().waitFor();
    await page.keyboard.press("Alt+i");
    await page.getByRole("button", { name: "Plan a follow-up or callback" }).click();
    await page.getByLabel("What is to be done").waitFor();
    const { filled, unlimited } = await page.evaluate(pasteEverywhere, text);
    // A field without a limit takes what the service refuses.
    expect(unlimited).toEqual([]);
    expect(filled).toBeGreaterThan(10);
    await page.getByRole("button", { name: "Add note" }).click();
    await page.getByRole("button", { name: "Save caller" }).click();
    await expect
      .poll(() => desk.service.seen.map(({ name }) => name))
      .toEqual(expect.arrayContaining(["addNote", "putCaller", "saveWrapUp"]));
    const sent = JSON.stringify(
      desk.service.seen.filter(({ name }) => name !== "putScreen").map(({ body }) => body),
    );
    expect(sent).not.toMatch(unstorable);
    expect(desk.service.refused).toEqual([]);
    expect(await sidewaysOverflow(page)).toBe(0);
    await nothingRan(page);
    expect(complaints).toEqual([]);
  });

  it.each(Object.keys(texts))("in everything that the service sends: %s", async (kind) => {
    const text = (texts[kind] ?? "").toWellFormed();
    const person = { ...demo.linkedPatient, displayName: text, mrn: text.slice(0, 50) };
    const card = demo.aPatient(true);
    if (card.details === null) throw new TypeError("a verified card has details");
    const caller = demo.aCall().caller;
    if (caller === null) throw new TypeError("the call has a caller");
    const [note] = demo.notes.items;
    if (note === undefined) throw new TypeError("there is a note");
    desk.service
      .answer("readSession", demo.aSession({ displayName: text, role: "supervisor" }))
      .answer("readCurrentCalls", {
        offer: null,
        calls: [
          demo.aCall({
            statedReason: text,
            patients: [person],
            caller: { ...caller, name: text.slice(0, 200), safeContact: text.slice(0, 500) },
            callback: { taskId: aTask().taskId, originalCallId: demo.callId },
          }),
        ],
      })
      .answer("readPatient", {
        ...card,
        firstName: text,
        lastName: text,
        details: { ...card.details, address: text, safeContact: text, insuranceProvider: text },
      })
      .answer("listNotes", { items: [{ ...note, noteText: text, agentName: text }], draft: null })
      .answer("listTasks", { items: [aTask({ instruction: text })], next: null })
      .answer(
        "readCallback",
        aCallback({
          task: aTask({ instruction: text }),
          callee: { ...aCallback().callee, name: text, safeContacts: [text] },
        }),
      )
      .answer("readBoard", {
        ...aBoard(3),
        agents: aBoard(3).agents.map((agent) => ({ ...agent, displayName: text, teamName: text })),
        queues: aBoard(3).queues.map((queue) => ({ ...queue, name: text })),
      });
    for (const path of ["/desk", `/callbacks?task=${aTask().taskId}`, "/board"]) {
      const { page, complaints } = await desk.open(path);
      await page.locator("h1").first().waitFor({ state: "attached" });
      await page.getByLabel("Loading…").first().waitFor({ state: "detached" });
      for (const width of [1440, 320]) {
        await page.setViewportSize({ width, height: 900 });
        // The navigation folds away, which takes a moment.
        await expect
          .poll(async () => [path, width, await sidewaysOverflow(page)])
          .toEqual([path, width, 0]);
      }
      await nothingRan(page);
      expect(complaints).toEqual([]);
    }
  });
});

describe("what the browser keeps", () => {
  it("names no patient in address, title, history, storage or what is cached", async () => {
    withCall(desk.service);
    desk.service
      .answer("readCurrentCalls", { offer: null, calls: [demo.aCall()] })
      .answer("openPatient", demo.aPatient(true))
      .on("addNote", { kind: "silence" });
    const titles = new Set<string>();
    const addresses = new Set<string>();
    const { page } = await desk.open("/desk");
    page.on("request", (request) => addresses.add(request.url()));
    const look = async (): Promise<void> => {
      titles.add(await page.title());
      addresses.add(page.url());
    };
    await page.getByLabel("Find a patient").waitFor();
    await page.keyboard.press("Alt+p");
    await page.keyboard.type("Example, Rosa");
    await page.keyboard.press("Enter");
    await page.getByText("2 patients found").waitFor();
    await look();
    await page.getByRole("button", { name: "Open Rosa Example" }).last().click();
    await page.getByText("1 Fictional Way").waitFor();
    await look();
    await page.getByLabel("Write a note", { exact: true }).fill("Rash of a very particular kind");
    await page.getByText(/Draft kept/).waitFor();
    await page.getByRole("button", { name: "Add note" }).click();
    await page
      .getByText("1 entry waits")
      .or(page.getByText(/waits? to be sent/))
      .first()
      .waitFor();
    await page.keyboard.press("Alt+Shift+u");
    await page.getByRole("heading", { name: "Follow-ups and callbacks" }).waitFor();
    await look();
    const secrets = /rosa|example,|mrn-000123|0123|fictional way|particular kind/i;
    expect([...titles].filter((title) => secrets.test(title))).toEqual([]);
    expect([...addresses].filter((url) => secrets.test(decodeURIComponent(url)))).toEqual([]);
    const kept = await page.evaluate(async () => {
      const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
      texts.push(JSON.stringify(history.state));
      for (const { name } of await indexedDB.databases()) {
        if (name === undefined) continue;
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const request = indexedDB.open(name);
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
        for (const store of database.objectStoreNames) {
          const rows = await new Promise<unknown[]>((resolve, reject) => {
            const request = database.transaction(store).objectStore(store).getAll();
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
          });
          const bytes = (value: unknown): unknown =>
            value instanceof ArrayBuffer || ArrayBuffer.isView(value)
              ? new TextDecoder("latin1").decode(value as ArrayBuffer)
              : value;
          texts.push(JSON.stringify(rows, (_, value) => bytes(value)));
        }
        database.close();
      }
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) texts.push(request.url);
      }
      return texts.join("\n");
    });
    expect(kept.length).toBeGreaterThan(500);
    expect(kept).not.toMatch(/rosa|mrn-000123|fictional way|particular kind/i);
  });

  it("says so when the disk is full, sends all the same, and goes on keeping drafts when there is room again", async () => {
    withCall(desk.service);
    desk.service.on("addNote", { kind: "silence" });
    let disk: Awaited<ReturnType<typeof smallDisk>> | undefined;
    const { page, complaints } = await desk.open("/desk", {}, async (opened) => {
      disk = await smallDisk(opened, desk.service.url);
    });
    await page.getByText("Connected", { exact: true }).first().waitFor();
    await disk?.fill();
    await page.getByLabel("Write a note", { exact: true }).fill("Written on a full disk");
    await page.getByRole("button", { name: "Add note" }).click();
    await page
      .getByText(/no room left for unsent entries/)
      .first()
      .waitFor();
    await expect
      .poll(() => desk.service.seen.filter(({ name }) => name === "addNote").length)
      .toBeGreaterThan(0);
    await page.getByRole("article").getByText("Written on a full disk").waitFor();
    await disk?.empty();
    await page.getByLabel("Write a note", { exact: true }).fill("There is room again");
    await page.getByText(/Draft kept/).waitFor();
    expect(complaints).toEqual([]);
  });

  it("tells the next user of the profile only how many entries of somebody else wait", async () => {
    withCall(desk.service);
    desk.service.on("addNote", { kind: "break" });
    const { context, page } = await desk.open("/desk");
    await page.getByLabel("Write a note", { exact: true }).fill("Not for the next one's eyes");
    await page.getByRole("button", { name: "Add note" }).click();
    await page.getByRole("button", { name: "Details" }).waitFor();
    await page.close();
    desk.service.answer(
      "readSession",
      demo.aSession({ agentId: demo.id("a1", 77), displayName: "Bea Second" }),
    );
    const next = await desk.openPage(context, "/desk");
    await next.page.getByText("1 entry of someone else waits on this computer").first().waitFor();
    await next.page.getByRole("button", { name: "Details" }).click();
    await next.page.getByRole("dialog").waitFor();
    expect(await next.page.getByText("Not for the next one's eyes").count()).toBe(0);
  });
});

describe("a bad day", () => {
  it("takes calls over a slow line: typing does not wait for the network", async () => {
    withCall(desk.service);
    desk.service.answer("addNote", {
      ...(demo.notes.items[0] ??
        (() => {
          throw new TypeError("there is a note");
        })()),
    });
    const opened = await desk.open("/sign-in");
    const { page, complaints } = opened;
    const protocol = await protocolOf(opened);
    await protocol.send("Network.enable");
    // A hotel's line: 400 ms there and back, 400 kbit/s.
    await protocol.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 400,
      downloadThroughput: 50_000,
      uploadThroughput: 20_000,
    });
    await page.goto(`${desk.service.url}/desk`, { timeout: 60_000 });
    await page.getByText("Connected", { exact: true }).first().waitFor({ timeout: 60_000 });
    const field = page.getByLabel("Write a note", { exact: true });
    const text = "Rash on both arms since Monday, two days after the first tablet.";
    await field.pressSequentially(text);
    expect(await field.inputValue()).toBe(text);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("article").getByText(text).first().waitFor();
    expect(complaints).toEqual([]);
  });

  it("keeps still for people who asked for less motion", async () => {
    const { page } = await desk.open("/callbacks", { reducedMotion: "reduce" });
    await page.getByText("Ask whether the rash is gone.").first().waitFor();
    desk.service.emit("offer", demo.anOffer());
    await page.getByRole("button", { name: /^Answer/ }).waitFor();
    const longest = await page.evaluate(() =>
      Math.max(
        0,
        ...document
          .getAnimations()
          .map((one) => Number(one.effect?.getComputedTiming().duration ?? 0)),
      ),
    );
    expect(longest).toBeLessThan(1);
  });

  it("locks over a call and shows nothing of it, also not to somebody who looks at the page's source", async () => {
    withCall(desk.service);
    const { page } = await desk.open("/desk");
    await page.getByText("Connected", { exact: true }).first().waitFor();
    await page.getByText("1 Fictional Way").waitFor();
    await page.getByLabel("Write a note", { exact: true }).fill("Half a sentence");
    await page.getByText(/Draft kept/).waitFor();
    desk.service.answer("readSession", demo.aSession({ state: "locked" }));
    await page.keyboard.press("Alt+l");
    await page.getByText("Screen locked").waitFor();
    expect(await page.content()).not.toMatch(/Rosa|MRN-000123|Fictional Way|Half a sentence/);
    await page.reload();
    await page.getByText("Screen locked").waitFor();
    expect(await page.content()).not.toMatch(/Rosa|MRN-000123|Fictional Way|Half a sentence/);
    desk.service.answer("readSession", demo.aSession());
    await page.goto(`${desk.service.url}/desk`);
    await expect
      .poll(() => page.getByLabel("Write a note", { exact: true }).inputValue())
      .toBe("Half a sentence");
  });
});
