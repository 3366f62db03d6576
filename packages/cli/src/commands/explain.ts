import { explainDecisions } from "@careline/continuity-core";
import type { CommandContext } from "../command-context.ts";
import type { CommandDefinition } from "../program.ts";

/** `careline explain`: every situation, what is decided, and why. */
export const explainCommand: CommandDefinition = {
  name: "explain",
  summary: "print what the controllers decide in every situation, with the sentence that says why",
  example: "./careline explain\n./careline explain take-over",
  declare: (command, context) => {
    command
      .argument("[word]", "only lines that contain it")
      .action((word: string | undefined) => explain(word, context));
  },
};

function explain(word: string | undefined, { output }: CommandContext): void {
  const lines = explainDecisions().trimEnd().split("\n");
  const chosen =
    word === undefined
      ? lines
      : lines.filter((line) => line.toLowerCase().includes(word.toLowerCase()));
  output.json(chosen);
  output.line(chosen.length === 0 ? `No line contains "${word}".` : chosen.join("\n"));
}
