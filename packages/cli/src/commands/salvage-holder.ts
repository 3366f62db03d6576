import { CliError } from "../cli-error.ts";
import { type SiteController, salvageListSchema } from "../operator/index.ts";

export const pathOf = (name: string): string => `/v1/salvage/${encodeURIComponent(name)}`;

export const keyText = (key: Readonly<Record<string, string>>): string =>
  Object.entries(key)
    .map(([column, value]) => `${column}=${value}`)
    .join(",");

type SalvageLists = ReturnType<typeof salvageListSchema.parse>;

/** What each region keeps; regions whose controller is silent are named. */
export async function listAll(
  sites: readonly SiteController[],
  signal: AbortSignal,
): Promise<{ lists: SalvageLists[]; silent: string[] }> {
  const lists: SalvageLists[] = [];
  const silent: string[] = [];
  for (const { site, ask } of sites) {
    try {
      lists.push(salvageListSchema.parse(await ask("GET", "/v1/salvage", undefined, signal)));
    } catch (thrown) {
      if (!(thrown instanceof CliError) || thrown.code !== "NO_CONTROLLER") throw thrown;
      silent.push(site);
    }
  }
  return { lists, silent };
}

/** The controller of the region that keeps, or kept, the copy. Errors: REFUSED. */
export async function holderOf(
  sites: readonly SiteController[],
  name: string,
  signal: AbortSignal,
): Promise<SiteController> {
  const { silent } = await listAll(sites, signal);
  for (const site of sites.filter((each) => !silent.includes(each.site))) {
    const list = salvageListSchema.parse(await site.ask("GET", "/v1/salvage", undefined, signal));
    const isHere = [...list.copies, ...list.discarded].some((copy) => copy.name === name);
    if (isHere) return site;
  }
  const unknown = silent.length === 0 ? "" : ` (silent: ${silent.join(", ")})`;
  throw new CliError("REFUSED", `no region that answers keeps a copy ${name}${unknown}`);
}
