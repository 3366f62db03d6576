import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { violations } from "./accessibility.ts";
import type { Opened } from "./desk-browser.ts";

/** Pictures of each state are kept here when set, to be looked at. */
const pictures = process.env.CARELINE_PICTURES;

export async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled" });
}

/** Checks what is on the screen in both colour schemes: the page follows the system's without a new load. */
export async function checkBothSchemes({ page, complaints }: Opened, name: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
    // A colour that is still on its way to the other scheme would be judged as if it stayed.
    await page.waitForFunction(
      () =>
        new Promise((resolve) =>
          requestAnimationFrame(() =>
            requestAnimationFrame(() =>
              resolve(
                document
                  .getAnimations()
                  .every((one) => !(one instanceof CSSTransition) || one.playState === "finished"),
              ),
            ),
          ),
        ),
    );
    await picture(page, `${name}-${scheme}`);
    expect([scheme, await violations(page)]).toEqual([scheme, []]);
  }
  expect(complaints).toEqual([]);
}
