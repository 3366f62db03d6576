import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SitesTrial } from "./sites-trial.ts";

export interface CliAnswer {
  readonly exitCode: number;
  /** What was printed as JSON. */
  readonly json: unknown;
  readonly notes: string;
}

/** `careline <words> --json` as a person types it, as the operator `name`, against the trial's controllers. */
export async function careline(
  sites: SitesTrial,
  operator: { readonly name: string; readonly role: string },
  words: readonly string[],
): Promise<CliAnswer> {
  const file = join(sites.trial.dir, `operator-${operator.name}.json`);
  const config = {
    controllers: (["east", "west", "witness"] as const).map((site) => ({
      site,
      url: sites.controllerUrl(site).replace("127.0.0.1", "localhost"),
    })),
    tls: sites.certificate(`operator.${operator.name}`, operator.role),
  };
  writeFileSync(file, JSON.stringify(config));
  const main = join(import.meta.dirname, "..", "..", "..", "cli", "src", "main.ts");
  const env = { ...process.env, CARELINE_OPERATOR: file };
  return new Promise((resolve) => {
    const args = [main, ...words, "--json"];
    execFile(process.execPath, args, { env, timeout: 180_000 }, (failed, stdout, stderr) => {
      const exitCode = typeof failed?.code === "number" ? failed.code : failed === null ? 0 : -1;
      resolve({ exitCode, json: stdout === "" ? null : JSON.parse(stdout), notes: stderr });
    });
  });
}
