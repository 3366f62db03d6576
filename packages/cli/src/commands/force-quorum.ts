import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import { connectAs, type SiteController, withOperator } from "../operator/index.ts";
import type { CommandDefinition } from "../program.ts";
import { lossText } from "./loss-text.ts";

const kinds = "powered-off, host-stopped, storage-detached or destroyed";

const statusSchema = z.looseObject({
  order: z
    .looseObject({
      state: z.string(),
      primary: z.string(),
      first: z.looseObject({ by: z.string(), off: z.string(), statement: z.string() }),
      second: z.looseObject({ by: z.string(), off: z.string() }).nullable(),
      loss: z.looseObject({
        seconds: z.number().nullable(),
        bytes: z.number().nullable(),
        rows: z.number().nullable(),
        openCalls: z.number().nullable(),
        geoComplete: z.boolean(),
      }),
    })
    .nullable(),
  next: z.string(),
});

/** `careline force-quorum …`: the way out when the quorum store's majority is lost for good. */
export const forceQuorumCommand: CommandDefinition = {
  name: "force-quorum",
  summary: "begin a new life of the quorum store when its majority is lost for good; two persons",
  example: `./careline force-quorum show west
./careline force-quorum order west --off powered-off --statement 'I cut both feeds of rack E4' --as ada
./careline force-quorum agree west --off powered-off --statement 'I saw the rack dark' --confirm 'east is off' --as abel
./careline force-quorum cancel west`,
  declare: (command, context) => {
    withOperator(
      command.command("show", { isDefault: true }).description("the order, if any"),
      "vera",
    )
      .argument("<region>", "the surviving region")
      .action(async (region: string, options: { as: string }) => {
        await ask("GET", region, "", undefined, options, context);
      });
    declareOrder(command, context);
    declareAgree(command, context);
    withOperator(command.command("cancel").description("cancel the order while it waits"), "otto")
      .argument("<region>", "the surviving region")
      .action(async (region: string, options: { as: string }) => {
        await ask("POST", region, "/cancel", undefined, options, context);
      });
  },
};

interface EvidenceOptions {
  readonly as: string;
  readonly off: string;
  readonly statement: string;
  readonly confirm?: string;
}

function withEvidence(command: Command): Command {
  return command
    .argument("<region>", "the surviving region, which becomes primary")
    .requiredOption("--off <how>", `the other region's data plane is ${kinds}`)
    .requiredOption("--statement <text>", "how you know; being unreachable is no evidence");
}

function declareOrder(command: Command, context: CommandContext): void {
  withEvidence(
    withOperator(command.command("order").description("the first person, with evidence"), "ada"),
  ).action(async (region: string, options: EvidenceOptions) => {
    await ask("POST", region, "", evidenceOf(options), options, context);
  });
}

function declareAgree(command: Command, context: CommandContext): void {
  withEvidence(
    withOperator(
      command.command("agree").description("the second person, with own evidence"),
      "abel",
    ),
  )
    .option("--confirm <words>", "'<other region> is off'; asked for unless given")
    .action(async (region: string, options: EvidenceOptions) => {
      const controller = controllerOf(region, options, context);
      const seen = await controller.ask("GET", "/v1/force-quorum", undefined, context.signal);
      const { order } = statusSchema.parse(seen);
      if (order !== null) context.output.note(textOf(order));
      const other = region === "east" ? "west" : "east";
      const confirmation = options.confirm ?? (await question(other, context));
      const body = { ...evidenceOf(options), confirmation };
      await ask("POST", region, "/agreement", body, options, context);
    });
}

const evidenceOf = ({ off, statement }: EvidenceOptions): object => ({ off, statement });

function controllerOf(
  region: string,
  { as }: { readonly as: string },
  context: CommandContext,
): SiteController {
  const found = connectAs(as, context).sites.find(({ site }) => site === region);
  if (found !== undefined) return found;
  throw new CliError("BAD_ARGUMENT", `there is no controller of ${region}`);
}

async function ask(
  method: "GET" | "POST",
  region: string,
  path: string,
  body: unknown,
  options: { readonly as: string },
  context: CommandContext,
): Promise<void> {
  const { output, signal } = context;
  const controller = controllerOf(region, options, context);
  const answer = await controller.ask(method, `/v1/force-quorum${path}`, body, signal);
  const { order, next } = statusSchema.parse(answer);
  output.json(answer);
  output.line(order === null ? "" : textOf(order));
  output.line(`Next: ${next}.`);
}

type Order = NonNullable<z.output<typeof statusSchema>["order"]>;

function textOf({ state, primary, first, second, loss }: Order): string {
  const people = [first, ...(second === null ? [] : [second])].map(
    ({ by, off }) => `${by}: ${off}`,
  );
  return [
    `A new life of the store with ${primary} as primary: ${state}.`,
    `Evidence that the other region is off: ${people.join("; ")}.`,
    lossText(primary, loss),
  ].join("\n");
}

async function question(other: string, { output, signal }: CommandContext): Promise<string> {
  if (output.isJson || !process.stdin.isTTY) {
    throw new CliError("NOT_CONFIRMED", `confirm with --confirm '${other} is off'`);
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await prompt.question(`Type '${other} is off' to agree: `, { signal })).trim();
  } finally {
    prompt.close();
  }
}
