import type { LabControl, Place, WanAnswer } from "@careline/lab";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { type CommandContext, openLab } from "../command-context.ts";
import { formatBytes, formatTable } from "../output/index.ts";

interface LinkOptions {
  readonly oneWay?: boolean;
}

interface SetOptions extends LinkOptions {
  readonly latency?: string;
  readonly jitter?: string;
  readonly bandwidth?: string;
}

/** `careline lab wan …`: the links between the sites. */
export function declareLabWan(command: Command, context: CommandContext): void {
  const wan = command.command("wan").description("show and change the links between the sites");
  const link = (name: string, summary: string): Command =>
    wan.command(name).description(summary).argument("<from>").argument("<to>");
  wan
    .command("show", { isDefault: true })
    .description("how all links are now")
    .option("--json", "as JSON")
    .action(async () => show(await (await control(context)).links(context.signal), context));
  link("set", "change latency, jitter (ms, one way) or bandwidth (kbit/s, or none)")
    .option("--latency <ms>")
    .option("--jitter <ms>")
    .option("--bandwidth <kbps>")
    .option("--one-way", "only from the first to the second")
    .addHelpText("after", "\nExample:\n  ./careline lab wan set east west --latency 80 --jitter 5")
    .action((from: string, to: string, options: SetOptions) =>
      change(context, from, to, (lab, a, b) =>
        lab.setLink(a, b, options.oneWay !== true, settingsOf(options), context.signal),
      ),
    );
  link("cut", "let nothing through, silently")
    .option("--one-way", "only from the first to the second")
    .addHelpText("after", "\nExample:\n  ./careline lab wan cut east west")
    .action((from: string, to: string, options: LinkOptions) =>
      change(context, from, to, (lab, a, b) =>
        lab.cut(a, b, options.oneWay !== true, context.signal),
      ),
    );
  link("heal", "let everything through again").action((from: string, to: string) =>
    change(context, from, to, (lab, a, b) => lab.healLink(a, b, true, context.signal)),
  );
  link("stall", "let nothing through for a while")
    .argument("<ms>")
    .option("--one-way", "only from the first to the second")
    .action((from: string, to: string, ms: string, options: LinkOptions) =>
      change(context, from, to, (lab, a, b) =>
        lab.stall(a, b, options.oneWay !== true, positive("<ms>", ms), context.signal),
      ),
    );
  link("reset", "end every connection of a pair with a TCP reset").action(
    (from: string, to: string) =>
      change(context, from, to, (lab, a, b) => lab.resetLink(a, b, context.signal)),
  );
}

async function control({ clock }: CommandContext): Promise<LabControl> {
  const { connectLab } = await import("@careline/lab");
  return connectLab(await openLab(), clock);
}

async function change(
  context: CommandContext,
  from: string,
  to: string,
  act: (lab: LabControl, from: Place, to: Place) => Promise<WanAnswer>,
): Promise<void> {
  const { isPlace } = await import("@careline/lab");
  if (!isPlace(from) || !isPlace(to) || from === to) {
    throw new CliError("BAD_ARGUMENT", "a link is two different of east, west, witness, edge");
  }
  show(await act(await control(context), from, to), context);
}

function settingsOf(options: SetOptions): Parameters<LabControl["setLink"]>[3] {
  const { latency, jitter, bandwidth } = options;
  return {
    ...(latency === undefined ? {} : { latencyMs: positive("--latency", latency) }),
    ...(jitter === undefined ? {} : { jitterMs: positive("--jitter", jitter) }),
    ...(bandwidth === undefined
      ? {}
      : { bandwidthKbps: bandwidth === "none" ? null : positive("--bandwidth", bandwidth) }),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) {
    throw new CliError("BAD_ARGUMENT", `${name} takes a number of at least 0`);
  }
  return value;
}

function show(answer: WanAnswer, { output }: CommandContext): void {
  output.json(answer);
  const rows = answer.links.map((link) => [
    `${link.from} → ${link.to}`,
    link.isCut ? "CUT" : link.stalledForMs > 0 ? `stalled ${link.stalledForMs} ms` : "open",
    `${link.settings.latencyMs} ms`,
    `${link.settings.jitterMs} ms`,
    link.settings.bandwidthKbps === null ? "–" : `${link.settings.bandwidthKbps} kbit/s`,
    String(link.connections),
    formatBytes(link.bytes),
    `${link.latenessMaxMs} ms`,
  ]);
  const head = ["link", "state", "latency", "jitter", "bandwidth", "lanes", "carried", "late ≤"];
  output.line(formatTable([head, ...rows]));
}
