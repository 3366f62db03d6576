import { existsSync } from "node:fs";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";

/** Debian's Chromium; another one by CARELINE_CHROMIUM. */
export const chromiumPath = process.env.CARELINE_CHROMIUM ?? "/usr/bin/chromium";

export const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
  "--password-store=basic",
];

export function launchOptions(): LaunchOptions {
  if (!existsSync(chromiumPath))
    throw new Error(`no Chromium at ${chromiumPath}: set CARELINE_CHROMIUM`);
  return { executablePath: chromiumPath, args: chromiumFlags, headless: true };
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch(launchOptions());
}
