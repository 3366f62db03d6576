import { afterAll, afterEach, describe, it } from "vitest";
import { everythingConfirmed, Journeys, picture, takeCall } from "./journeys.ts";
import { signIn } from "./lab.ts";

const never = new AbortController().signal;
const journeys = new Journeys();
const { stage } = journeys;

afterEach(({ task }) => journeys.clear(task.result?.state === "fail" ? task.name : null));
afterAll(() => journeys.clear(null));

describe("both regions down", () => {
  it("takes down a report after a reload, and has it everywhere afterwards", async () => {
    const { context } = await journeys.newProfile();
    const page = await context.newPage();
    await signIn(page, stage, Journeys.agent(4));
    await takeCall(page, stage);
    // The worker that keeps the shell has to be there before the regions go.
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, {
      timeout: 30_000,
    });
    await stage.control.killSite("west", never);
    await stage.control.killSite("east", never);
    await page.reload();
    await page.getByRole("link", { name: "Open the offline intake form" }).click();
    await page.getByLabel("What happened").fill("Swollen lips after one hour");
    await page.getByLabel("Product", { exact: true }).fill("Exampla 10 mg");
    await page.getByRole("button", { name: "Record report" }).click();
    await page.getByText("Report kept; sending it.").first().waitFor();
    await picture(page, "both-down");
    await stage.control.healAll(never);
    await page
      .getByText(/Recorded as AE-/)
      .first()
      .waitFor({ timeout: 90_000 });
    await everythingConfirmed(page);
  });
});
