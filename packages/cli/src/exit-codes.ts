/** What each exit code of `careline` means; docs/reference/cli.md is generated from this. */
export const exitCodes = {
  done: { code: 0, meaning: "done" },
  failed: { code: 1, meaning: "failed; the message says why and what to do" },
  usage: { code: 2, meaning: "the command line is wrong" },
  notRunning: { code: 3, meaning: "the lab, or every controller, does not answer" },
  refused: { code: 4, meaning: "refused: not ready, not allowed, or not confirmed" },
  lost: { code: 5, meaning: "a drill lost something acknowledged, or an invariant was violated" },
  testsFailed: { code: 6, meaning: "a check of `careline test` failed" },
  missing: { code: 69, meaning: "something is missing that may not or cannot be installed" },
  busy: { code: 75, meaning: "another careline command is preparing this clone" },
  interrupted: { code: 130, meaning: "interrupted" },
} as const;

export type ExitName = keyof typeof exitCodes;
