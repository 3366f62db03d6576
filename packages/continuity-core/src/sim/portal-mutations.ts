import { type Mutation, mutation } from "./mutation.ts";

/** Deviations from what site-contracts.md asks of portals and browsers. */
export const portalMutations: readonly Mutation[] = [
  mutation("permit-counted-from-answer", "A portal counts from before it asked.", {
    portal: { permitCountsFrom: (_askedAtMs, answeredAtMs) => answeredAtMs },
  }),
  mutation("any-answer-counts", "Only the answer to the newest question counts.", {
    portal: { countsAnswer: () => true },
  }),
  mutation("no-check-after-commit", "The permit is checked again after COMMIT.", {
    portal: { checksPermitAfterCommit: false },
  }),
  mutation(
    "generation-not-rechecked",
    "geo only if the generation was on and the same throughout.",
    {
      portal: { isSameGeneration: () => true },
    },
  ),
  mutation("warnings-ignored", "geo only if COMMIT returned without warning.", {
    portal: { mindsWarnings: false },
  }),
  mutation("replay-without-proof", "A replayed geo answer first commits its own row as geo.", {
    portal: { replayCommitsAudit: false },
  }),
  mutation("position-read-before-commit", "A position is read after COMMIT.", {
    portal: { readsPositionAfterCommit: false },
  }),
  mutation("outbox-ignores-terms", "LSNs are not compared across terms.", {
    browser: { isConfirmed: (write, confirmed) => write.position <= confirmed.position },
  }),
  mutation("outbox-trusts-every-term", "A write above the start of the next term is sent again.", {
    browser: { survived: () => true },
  }),
];
