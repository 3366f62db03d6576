import axe from "axe-core";
import type { Page } from "playwright-core";

interface Violation {
  readonly rule: string;
  readonly where: readonly string[];
  readonly why: string;
}

/** WCAG 2.0–2.2 A and AA plus axe's best practices. An empty list is what every state must show. */
export async function violations(page: Page): Promise<readonly Violation[]> {
  // The page's policy allows no inline script; the checker is put in through the debugging protocol.
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
    }),
  );
  return found.map(({ id, nodes }) => ({
    rule: id,
    where: nodes.map((node) => node.target.join(" ")).slice(0, 4),
    why: nodes[0]?.failureSummary ?? "",
  }));
}
