import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectLab, type LabControl } from "@careline/lab/faults/index.ts";
import { accountOf } from "@careline/lab/identity-provider/index.ts";
import { type Layout, openLayout } from "@careline/lab/layout/index.ts";
import { systemClock } from "@careline/platform";
import { TOTP } from "otpauth";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { launchOptions } from "./browser.ts";

/** A running lab and the ways into it that a journey needs. */
export interface Stage {
  readonly layout: Layout;
  readonly control: LabControl;
  readonly origin: string;
}

/** The lab of CARELINE_STATE (or `.careline/`); it must be up. */
export function openStage(): Stage {
  const layout = openLayout(join(import.meta.dirname, ".."), process.env.CARELINE_STATE);
  if (layout === null)
    throw new Error("no lab here: run ./careline up first, or set CARELINE_STATE");
  return {
    layout,
    control: connectLab(layout, systemClock),
    origin: `https://localhost:${layout.ports.frontDoor}`,
  };
}

/** A browser profile of its own that trusts the lab's authority, as a managed workstation would. */
export class Profile {
  readonly context: BrowserContext;
  readonly #home: string;

  private constructor(context: BrowserContext, home: string) {
    this.context = context;
    this.#home = home;
  }

  static async open(
    stage: Stage,
    options: { readonly reducedMotion?: "reduce" } = {},
  ): Promise<Profile> {
    const home = await mkdtemp(join(tmpdir(), "careline-profile-"));
    trustAuthority(home, stage.layout.authorityFile);
    const context = await chromium.launchPersistentContext(join(home, "profile"), {
      ...launchOptions(),
      env: { ...process.env, HOME: home } as Record<string, string>,
      viewport: { width: 1440, height: 900 },
      locale: "en-US",
      ...options,
    });
    // A journey tells whether something works; how fast it is, the bench tells. Two regions and a browser share two cores.
    context.setDefaultTimeout(60_000);
    return new Profile(context, home);
  }

  async close(): Promise<void> {
    await this.context.close();
    await rm(this.#home, { recursive: true, force: true });
  }
}

/** Chromium on Linux reads the NSS database of the user's home. */
function trustAuthority(home: string, caFile: string): void {
  if (!existsSync(caFile)) throw new Error(`no certificate authority at ${caFile}`);
  const database = join(home, ".pki/nssdb");
  execFileSync("mkdir", ["-p", database]);
  execFileSync("certutil", ["-d", `sql:${database}`, "-N", "--empty-password"]);
  execFileSync("certutil", [
    "-d",
    `sql:${database}`,
    "-A",
    "-t",
    "C,,",
    "-n",
    "careline-lab",
    "-i",
    caFile,
  ]);
}

/** Signs in with keys alone: password and one-time code at the identity provider. */
export async function signIn(page: Page, stage: Stage, login: string): Promise<void> {
  await page.goto(`${stage.origin}/sign-in`);
  await page.getByRole("link", { name: "Sign in" }).press("Enter");
  await fillIdentityForm(page, stage, login);
  // Supervisors start at the board, everyone else at the desk.
  await page.waitForURL(
    (url) => url.origin === stage.origin && /^\/(desk|board)$/.test(url.pathname),
  );
}

/** The identity provider's page; waits for the next code when the present one was used already. */
export async function fillIdentityForm(page: Page, stage: Stage, login: string): Promise<void> {
  const account = accountOf(stage.layout, login);
  await page.locator("#login").waitFor();
  if ((await page.locator("#login").inputValue()) === "") await page.locator("#login").fill(login);
  await page.locator("#password").fill(account.password);
  await page.locator("#code").fill(new TOTP({ secret: account.totpSecret }).generate());
  await page.locator("#code").press("Enter");
}
