import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@careline/platform";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { rootDir } from "../command-context.ts";
import { commands } from "../commands/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { terminalOutput } from "../output/index.ts";
import { buildProgram } from "../program.ts";
import { cliReference } from "./cli-reference.ts";

function aProgram(): Command {
  const { signal } = new AbortController();
  return buildProgram({ clock: systemClock, output: terminalOutput(systemClock, false), signal });
}

function everyCommand(command: Command): readonly Command[] {
  return command.commands.flatMap((each) => [each, ...everyCommand(each)]);
}

describe("the reference of the command line", () => {
  it("says what the commands are (write it anew with node packages/cli/src/reference/write.ts)", () => {
    const page = readFileSync(join(rootDir(), "docs", "reference", "cli.md"), "utf8");
    expect(page).toBe(cliReference(aProgram(), commands));
  });

  it("has an example for every command that begins with ./careline and names it", () => {
    for (const { name, example } of commands) expect(example).toContain(`./careline ${name}`);
  });

  it("gives every command, however nested, a description and JSON", () => {
    for (const command of everyCommand(aProgram())) {
      expect(command.description(), command.name()).not.toBe("");
      const options = command.options.map(({ long }) => long);
      expect(options, command.name()).toContain("--json");
    }
  });

  it("uses each exit code for one thing only", () => {
    const codes = Object.values(exitCodes).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe("a command line that is wrong", () => {
  it.each([
    [["nonsense"]],
    [["up", "--nonsense"]],
    [["switchover"]],
    [["lab", "wan", "cut", "east"]],
  ])("is refused before anything is done: %j", async (words) => {
    const program = aProgram();
    for (const command of [program, ...everyCommand(program)]) {
      command.configureOutput({ writeErr: () => undefined });
    }
    await expect(program.parseAsync(words, { from: "user" })).rejects.toMatchObject({
      exitCode: 1,
    });
  });
});
