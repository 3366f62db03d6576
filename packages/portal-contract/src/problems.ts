import { z } from "zod";
import { basicProblems } from "./basic-problems.ts";
import { domainProblems } from "./domain-problems.ts";
import { termSchema } from "./terms.ts";

export type { ProblemDefinition } from "./basic-problems.ts";

/** The one table of problem codes: status, whether the same request may succeed later, what to do. */
export const problems = { ...basicProblems, ...domainProblems } as const;

export type ProblemCode = keyof typeof problems;

export const problemCodes = Object.keys(problems) as readonly ProblemCode[];

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problems, text);
}

/** RFC 9457 problem document, `application/problem+json`. Holds ids, codes and numbers; never what was typed. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  /** Request id, to be named in a support request. */
  instance: z.string().optional(),
  retryable: z.boolean(),
  /** Names of the parts that did not parse, without their values. */
  fields: z.array(z.strictObject({ at: z.string(), rule: z.string() })).optional(),
  /** STALE_VERSION: the version that the edit was based on, and the one that is current. */
  yourVersion: z.int().optional(),
  currentVersion: z.int().optional(),
  /** TERM_CHANGED: what `GET /terms` would answer, so that a client need not ask for it first. */
  terms: z.array(termSchema).optional(),
  /** WRITES_PAUSED: why no permit is held (site-contracts.md, `reason`). */
  reason: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;
