import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Layout } from "@careline/lab";
import { CliError } from "../cli-error.ts";
import { type CommandContext, openLab } from "../command-context.ts";
import type { CommandDefinition } from "../program.ts";

const followEachMs = 250;

/** `careline logs [process]`: the newest lines of one process or of all. */
export const logsCommand: CommandDefinition = {
  name: "logs",
  summary: "show the log of a process, or the newest lines of all",
  example:
    "./careline logs keeper.east\n./careline logs portal.west --follow\n./careline logs --lines 3",
  declare: (command, context) => {
    command
      .argument("[process]", "e.g. controller.west, haproxy.edge, supervisor")
      .option("--lines <count>", "how many lines", "40")
      .option("--follow", "wait for more")
      .action((name: string | undefined, options: { lines: string; follow?: boolean }) =>
        logs(name, Number(options.lines), options.follow === true, context),
      );
  },
};

async function logs(
  name: string | undefined,
  lines: number,
  isFollowing: boolean,
  context: CommandContext,
): Promise<void> {
  const { output } = context;
  const layout = await openLab();
  const files = await logFiles(layout);
  const chosen = name === undefined ? undefined : files.get(name);
  if (name !== undefined && chosen === undefined) {
    const known = [...files.keys()].join(", ");
    throw new CliError("NO_LOG", `there is no log of ${name}; there are ${known}`);
  }
  const wanted = name === undefined ? [...files.keys()] : [name];
  const newest = wanted.map((each) => ({
    process: each,
    lines: newestLines(files.get(each) ?? "", lines),
  }));
  output.json(newest);
  for (const { process: each, lines: texts } of newest) {
    if (name === undefined) output.line(`── ${each}`);
    for (const text of texts) output.line(text);
  }
  if (isFollowing && chosen !== undefined) await follow(chosen, context);
}

/** Log files by process; PostgreSQL, which its keeper starts, writes its own. */
async function logFiles(layout: Layout): Promise<ReadonlyMap<string, string>> {
  const { postgresLogFile, regions } = await import("@careline/lab");
  const kept = readdirSync(layout.logDir)
    .filter((file) => file.endsWith(".log"))
    .map((file): [string, string] => [file.slice(0, -4), join(layout.logDir, file)]);
  const own = regions
    .map((region): [string, string] => [`postgres.${region}`, postgresLogFile(layout, region)])
    .filter(([, file]) => existsSync(file));
  return new Map([...kept, ...own].toSorted(([a], [b]) => a.localeCompare(b)));
}

function newestLines(file: string, count: number): readonly string[] {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count);
}

async function follow(file: string, { clock, signal }: CommandContext): Promise<void> {
  let shown = statSync(file).size;
  while (!signal.aborted) {
    await clock.sleep(followEachMs, signal).catch(() => {
      // Ctrl-C: the loop's condition ends it.
    });
    const size = existsSync(file) ? statSync(file).size : 0;
    if (size < shown) shown = 0; // Moved aside: a new file began.
    if (size === shown) continue;
    for await (const part of createReadStream(file, { start: shown, end: size - 1 })) {
      process.stdout.write(part as Buffer);
    }
    shown = size;
  }
}
