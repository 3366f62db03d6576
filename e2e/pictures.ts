/**
 * Takes the pictures of docs/guides again, from the screens as they are built: `node e2e/pictures.ts`.
 * With a folder as argument it takes all of them there, light and dark, to be looked at.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { DeskBrowser } from "./desk-browser.ts";
import { aCallback, aDialledCall, aTask, taskId } from "./fixtures/callback-data.ts";
import * as demo from "./fixtures/demo-data.ts";
import type { FixtureService } from "./fixtures/fixture-service.ts";
import { withCall } from "./fixtures/scenarios.ts";

interface Picture {
  readonly path: string;
  readonly prepare: (service: FixtureService) => void;
  /** What has to be seen before the picture is taken; may press and type. */
  readonly show: (page: Page, service: FixtureService) => Promise<unknown>;
}

const supervisor = demo.aSession({ role: "supervisor", displayName: "Sam Supervision" });

const pictures: Readonly<Record<string, Picture>> = {
  ready: {
    path: "/desk",
    prepare: () => undefined,
    show: (page) => page.getByText("Your last calls").waitFor(),
  },
  ringing: {
    path: "/desk",
    prepare: () => undefined,
    show: async (page, service) => {
      await page.getByText("Your last calls").waitFor();
      service.emit("offer", demo.anOffer());
      await page.getByRole("button", { name: /^Answer/ }).waitFor();
    },
  },
  desk: {
    path: "/desk",
    prepare: (service) => withCall(service),
    show: (page) => page.getByText("1 Fictional Way").waitFor(),
  },
  intake: {
    path: "/desk",
    prepare: (service) => withCall(service),
    show: async (page) => {
      await page.getByText("1 Fictional Way").waitFor();
      await page.keyboard.press("Alt+i");
      await page.waitForFunction(() => document.activeElement?.closest("fieldset") !== null);
      await page.keyboard.type("Rash on both arms");
      await page.getByLabel("Product", { exact: true }).fill("Exampla 10 mg");
      await page.getByText("4 of 4 criteria").waitFor();
    },
  },
  authority: {
    path: "/desk",
    prepare: (service) =>
      withCall(
        service,
        demo.aCaller({
          name: "Leo Example",
          relationship: "spouse",
          authority: {
            kind: "representative",
            verifiedBy: "verbal_consent",
            scope: "medical",
            expiresOn: "2027-01-31",
          },
        }),
      ).answer("readPatient", demo.aPatientFor("representative")),
    show: (page) => page.getByText("Medical matters only").waitFor(),
  },
  correction: {
    path: "/desk",
    prepare: (service) => withCall(service),
    show: async (page) => {
      await page.getByRole("button", { name: "Correct the record" }).click();
      await page.getByLabel("City").fill("Demoville");
      await page.getByLabel("Why is it corrected?").fill("The caller has moved house");
    },
  },
  callback: {
    path: `/callbacks?task=${taskId}`,
    prepare: () => undefined,
    show: (page) => page.getByText("Mind before you call").waitFor(),
  },
  "callback-on-the-line": {
    path: "/desk",
    prepare: (service) =>
      service
        .answer("readCurrentCalls", {
          offer: null,
          calls: [aDialledCall({ state: "connected", connectedAt: new Date().toISOString() })],
        })
        .answer("readPatient", demo.aPatient(false))
        .answer("readOwnProfile", demo.aProfile("on_call"))
        .answer("readCallback", aCallback({ task: aTask({ attempts: 1, lastResult: "on_line" }) })),
    show: (page) => page.getByText("Record outcome").waitFor(),
  },
  "read-only": {
    path: "/desk",
    prepare: (service) => {
      withCall(service).answer("readServiceStatus", demo.serviceStatus(false));
      service.dataAge = 4.2;
    },
    show: async (page) => {
      await page
        .getByText(/Read-only since/)
        .first()
        .waitFor();
      await page.getByText("1 Fictional Way").waitFor();
    },
  },
  board: {
    path: "/board",
    prepare: (service) => service.answer("readSession", supervisor),
    show: (page) => page.getByText("500 agents").first().waitFor(),
  },
  simulator: {
    path: "/simulator",
    prepare: () => undefined,
    show: (page) => page.getByText("3 calls are open").waitFor(),
  },
};

/** Those that the guides show. */
const ofGuides = ["desk", "authority", "correction", "callback", "read-only", "board", "simulator"];

const folder = process.argv[2];
const target = folder ?? join(import.meta.dirname, "../docs/guides/pictures");
mkdirSync(target, { recursive: true });
const desk = await DeskBrowser.start();
for (const [name, picture] of Object.entries(pictures)) {
  if (folder === undefined && !ofGuides.includes(name)) continue;
  for (const scheme of folder === undefined ? (["light"] as const) : (["light", "dark"] as const)) {
    picture.prepare(desk.service);
    const { page } = await desk.open(picture.path, { colorScheme: scheme });
    await picture.show(page, desk.service);
    await page.getByLabel("Loading…").first().waitFor({ state: "detached" });
    const file = folder === undefined ? `${name}.png` : `${name}-${scheme}.png`;
    await page.screenshot({ path: join(target, file), animations: "disabled" });
    await desk.reset();
    process.stdout.write(`${file}\n`);
  }
}
await desk.stop();
