import type { LabStatus, Layout } from "@careline/lab";
import { CliError } from "../cli-error.ts";
import { type CommandContext, rootDir, stateDirChoice } from "../command-context.ts";
import { formatElapsed } from "../output/index.ts";
import type { CommandDefinition } from "../program.ts";
import { showLab, showWelcome } from "./lab-view.ts";

interface UpOptions {
  readonly detach?: boolean;
  readonly portBase?: string;
  readonly regionDisk?: string;
  readonly skewableClocks?: boolean;
  /** False with --no-build. */
  readonly build: boolean;
}

const lookEachMs = 150;
/** Far above the 45 s of a first start on two cores; a start that takes longer is stuck. */
const readyWithinMs = 300_000;

/** `careline up`: starts both regions, the witness and the edge; shows the status when they run. */
export const upCommand: CommandDefinition = {
  name: "up",
  summary: "start both regions, the witness and the front door, or show that they run",
  example: "./careline up\n./careline up --detach --json\nCARELINE_PORT_BASE=25000 ./careline up",
  declare: (command, context) => {
    command
      .option("--detach", "return when everything is ready; stop later with ./careline down")
      .option("--port-base <port>", "first of 800 ports (or CARELINE_PORT_BASE); kept from then on")
      .option("--region-disk <MiB>", "give each region a disk of this size (root), to fill it")
      .option("--skewable-clocks", "run the regions under libfaketime, to skew their clocks")
      .option("--no-build", "use the screens as they were last built")
      .action((options: UpOptions) => up(options, context));
  },
};

async function up(options: UpOptions, context: CommandContext): Promise<void> {
  const { clock, output, signal } = context;
  const lab = await import("@careline/lab");
  const layout = lab.prepareLayout(rootDir(), choicesOf(options), (text) => output.note(text));
  const running = await lab.readLabStatus(layout, signal);
  if (running === null) {
    const progress = (text: string): void => output.progress(text);
    await lab.startLab(layout, clock, progress, signal, { buildsScreens: options.build });
  } else if (running.phase === "running") output.note("The lab runs already.");
  else if (running.phase === "incomplete") {
    output.note("The lab was not complete; going on with what is left.");
    await lab.resumeLab(layout, signal);
  }
  const status = await waitUntilReady(layout, context).catch(async (thrown: unknown) => {
    if (signal.aborted) await stop(layout, context);
    throw thrown;
  });
  await showLab(layout, status, context);
  showWelcome(layout, output);
  if (options.detach === true || output.isJson || running !== null) return;
  output.note("Ctrl-C stops everything in order.");
  await untilStopped(layout, context);
}

function choicesOf(
  options: UpOptions,
): Parameters<typeof import("@careline/lab").prepareLayout>[1] {
  const portBase = options.portBase ?? process.env.CARELINE_PORT_BASE;
  return {
    portBase: portBase === undefined ? undefined : wholeNumber("--port-base", portBase),
    regionDiskMiB:
      options.regionDisk === undefined
        ? undefined
        : wholeNumber("--region-disk", options.regionDisk),
    skewableClocks: options.skewableClocks,
    stateDir: stateDirChoice(),
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new CliError("BAD_ARGUMENT", `${name} takes a whole number`);
  return Number(text);
}

async function waitUntilReady(layout: Layout, context: CommandContext): Promise<LabStatus> {
  const { clock, output, signal } = context;
  const { readLabStatus } = await import("@careline/lab");
  const deadlineMs = clock.monotonicMs() + readyWithinMs;
  const shown = new Set<string>();
  for (;;) {
    const status = await readLabStatus(layout, signal);
    if (status === null) throw new CliError("UP_INCOMPLETE", "the supervisor ended");
    for (const { name, state } of status.processes) {
      if ((state !== "running" && state !== "done") || shown.has(name)) continue;
      shown.add(name);
      output.progress(`${name} ${state === "done" ? "done" : "ready"}`);
    }
    if (status.phase === "running") return status;
    if (status.phase === "incomplete") {
      throw new CliError("UP_INCOMPLETE", status.failure ?? "a process is not ready");
    }
    if (clock.monotonicMs() > deadlineMs) throw new CliError("UP_INCOMPLETE", "not ready in time");
    await clock.sleep(lookEachMs, signal);
  }
}

async function untilStopped(layout: Layout, context: CommandContext): Promise<void> {
  const { clock, output, signal } = context;
  const { readLabStatus } = await import("@careline/lab");
  const began = clock.monotonicMs();
  while (!signal.aborted) {
    await clock.sleep(1000, signal).catch(() => {
      // Ctrl-C: the loop's condition ends it.
    });
    if (!signal.aborted && (await readLabStatus(layout, signal)) === null) {
      output.note(`The lab was stopped after ${formatElapsed(clock.monotonicMs() - began)}.`);
      return;
    }
  }
  await stop(layout, context);
}

/** Ctrl-C asks for an ordered stop; a second one ends this command but not the stop. */
async function stop(layout: Layout, { clock, output }: CommandContext): Promise<void> {
  const { stopLab } = await import("@careline/lab");
  output.note("");
  await stopLab(layout, clock, (text) => output.progress(text), new AbortController().signal);
  output.progress("stopped; nothing of the lab runs any more");
}
