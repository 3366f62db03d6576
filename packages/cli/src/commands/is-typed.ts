import { createInterface } from "node:readline/promises";

/** Asks a person at a terminal to type `word`; without one, no. */
export async function isTyped(
  word: string,
  isJson: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  if (isJson || !process.stdin.isTTY) return false;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`Type ${word} to go on: `, { signal });
    return answer.trim() === word;
  } finally {
    prompt.close();
  }
}
