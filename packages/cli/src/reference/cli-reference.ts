import type { Command } from "commander";
import { cliErrors } from "../cli-error.ts";
import { exitCodes } from "../exit-codes.ts";
import type { CommandDefinition } from "../program.ts";

/** docs/reference/cli.md, from the commands themselves: what the page says is what they do. */
export function cliReference(program: Command, definitions: readonly CommandDefinition[]): string {
  const sections = definitions.flatMap((definition) => {
    const command = program.commands.find((each) => each.name() === definition.name);
    return command === undefined ? [] : [commandSection(command, definition)];
  });
  return `# The command line

\`./careline <command>\`. Results go to standard output, as JSON with \`--json\`; progress with the time since the
start, and problems with their code and what to do next, go to standard error. Generated from \`packages/cli\`
(\`node packages/cli/src/reference/write.ts\`); a test holds the two together.

Environment: \`CARELINE_PORT_BASE\` (first of 800 ports), \`CARELINE_STATE\` (another state folder than
\`.careline/state\`), \`CARELINE_OPERATOR\` (a file with the controllers' addresses and an operator's certificate, outside the lab).

${sections.join("\n")}
## Exit codes

| code | meaning |
| --- | --- |
${Object.values(exitCodes)
  .map(({ code, meaning }) => `| ${code} | ${cell(meaning)} |`)
  .join("\n")}

## Errors of the command line

Errors of the lab and of the controllers pass through with their own codes.

| code | exit | what to do |
| --- | --- | --- |
${Object.entries(cliErrors)
  .map(([code, { exit, remedy }]) => `| \`${code}\` | ${exitCodes[exit].code} | ${cell(remedy)} |`)
  .join("\n")}
`;
}

function commandSection(command: Command, { name, example }: CommandDefinition): string {
  return `## ${name}

${sentence(command.description())}

${leaves(command, `careline ${name}`)
  .map(({ path, leaf }) => usage(path, leaf, leaf !== command))
  .join("\n")}
\`\`\`sh
${example}
\`\`\`
`;
}

interface Leaf {
  readonly path: string;
  readonly leaf: Command;
}

function leaves(command: Command, path: string): readonly Leaf[] {
  const nested = command.commands.filter((each) => each.name() !== "help");
  if (nested.length === 0) return [{ path, leaf: command }];
  return nested.flatMap((each) => leaves(each, `${path} ${each.name()}`));
}

function usage(path: string, command: Command, isNested: boolean): string {
  const args = command.registeredArguments.map((argument) => {
    const name = argument.name();
    return argument.required ? ` <${name}>` : ` [${name}]`;
  });
  const title = `\`${path}${args.join("")}\`${isNested ? `: ${command.description()}` : ""}`;
  const options = command.options
    .filter(({ long }) => long !== "--json")
    .map(
      (option) => `- \`${option.flags}\`: ${option.description}${defaultOf(option.defaultValue)}`,
    );
  return `${title}\n${options.length === 0 ? "" : `\n${options.join("\n")}\n`}`;
}

function defaultOf(value: unknown): string {
  return typeof value === "string" && value !== "" ? ` (${value} unless given)` : "";
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
