import { type ProblemDefinition, problems } from "@careline/portal-contract";

/** docs/reference/problems.md: every code a client can meet, from the one table. */
export function problemsPage(): string {
  const rows = Object.entries(problems as Readonly<Record<string, ProblemDefinition>>)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(
      ([code, { status, retryable, remedy }]) =>
        `| \`${code}\` | ${status} | ${retryable ? "yes" : "no"} | ${remedy} |`,
    );
  return [
    "# Problem codes of the portal",
    "",
    "Each error is an RFC 9457 problem document (`application/problem+json`) with one of these codes. Retryable: the same request with",
    "the same `Idempotency-Key` may succeed later. Generated from the contract (`node packages/portal-api/src/problems/write-page.ts`); a test",
    "keeps it current.",
    "",
    "| code | status | retryable | what to do |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
