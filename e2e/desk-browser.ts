import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import type { FixtureService } from "./fixtures/fixture-service.ts";
import { ordinary, ordinaryService } from "./fixtures/scenarios.ts";

export interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the page itself: thrown ones, and what it wrote to the console. */
  readonly complaints: string[];
}

/** The built screens before a stand-in service, for tests that need no region. One browser for a file, a context for a test. */
export class DeskBrowser {
  readonly service: FixtureService;
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  private constructor(service: FixtureService, browser: Browser) {
    this.service = service;
    this.#browser = browser;
  }

  static async start(): Promise<DeskBrowser> {
    return new DeskBrowser(await ordinaryService(), await launchBrowser());
  }

  async open(
    path: string,
    options: Parameters<Browser["newContext"]>[0] = {},
    prepare: (page: Page) => Promise<unknown> = async () => undefined,
  ): Promise<Opened> {
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      serviceWorkers: "block",
      ...options,
    });
    this.#contexts.push(context);
    return this.openPage(context, path, prepare);
  }

  /** One more tab of the same profile. */
  async openPage(
    context: BrowserContext,
    path: string,
    prepare: (page: Page) => Promise<unknown> = async () => undefined,
  ): Promise<Opened> {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    page.on("console", (message) => {
      // Failed requests are part of some tests; anything else on the console is a fault of the page.
      if (message.type() === "error" && !message.text().includes("Failed to load resource"))
        complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await prepare(page);
    await page.goto(this.service.url + path);
    return { context, page, complaints };
  }

  /** Everything ordinary again, for the next test. */
  async reset(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close();
    ordinary(this.service);
    this.service.delayMs = 0;
    this.service.seen.length = 0;
    this.service.refused.length = 0;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.service.close();
  }
}

/** Chromium's own protocol, for what only it can do: quotas, networks, frames. */
export function protocolOf({ context, page }: Opened): Promise<CDPSession> {
  return context.newCDPSession(page);
}

/** By how many pixels the page is wider than its window; 0 when nothing scrolls sideways. */
export function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate(() =>
    Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
  );
}
