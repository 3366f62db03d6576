import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import { automationSchema, connectAs, withOperator } from "../operator/index.ts";
import type { CommandDefinition } from "../program.ts";

interface AutomationOptions {
  readonly as: string;
  readonly reason?: string;
  readonly minutes?: string;
}

/** `careline automation [on|off]`: the kill switch of everything destructive that nobody ordered. */
export const automationCommand: CommandDefinition = {
  name: "automation",
  summary: "show, switch on or switch off what the controllers do by themselves",
  example:
    "./careline automation\n./careline automation off --reason 'network work' --minutes 60\n./careline automation on",
  declare: (command, context) => {
    withOperator(command, "otto")
      .argument("[on|off]")
      .option("--reason <text>", "who wants it and why; needed for off")
      .option("--minutes <count>", "switches itself on again after this long")
      .action((wanted: string | undefined, options: AutomationOptions) =>
        automation(wanted, options, context),
      );
  },
};

async function automation(
  wanted: string | undefined,
  options: AutomationOptions,
  context: CommandContext,
): Promise<void> {
  const { output, signal } = context;
  const controllers = connectAs(options.as, context);
  const answer =
    wanted === undefined
      ? await controllers.get("/v1/automation", signal)
      : await controllers.send("PUT", "/v1/automation", bodyOf(wanted, options), signal);
  const { enabled, by, reason, until } = automationSchema.parse(answer);
  output.json(answer);
  const who = by ? ` by ${by}` : "";
  const end = until ? ` until ${until}` : "";
  output.line(`Automation is ${enabled ? "on" : "OFF"}${who}${end}${reason ? `: ${reason}` : ""}`);
}

function bodyOf(wanted: string, { reason, minutes }: AutomationOptions): object {
  if (wanted !== "on" && wanted !== "off") throw new CliError("BAD_ARGUMENT", "say on or off");
  if (wanted === "off" && reason === undefined) {
    throw new CliError("BAD_ARGUMENT", "switching off needs --reason <text>");
  }
  if (minutes !== undefined && !/^\d+$/.test(minutes)) {
    throw new CliError("BAD_ARGUMENT", "--minutes takes a whole number");
  }
  return {
    enabled: wanted === "on",
    reason: reason ?? "switched on",
    ...(minutes === undefined ? {} : { minutes: Number(minutes) }),
  };
}
