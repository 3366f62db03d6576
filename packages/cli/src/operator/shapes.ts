import { z } from "zod";

/** What the commands read of the controllers' answers; more is passed through untouched. */
export const siteStatusSchema = z.looseObject({
  role: z.string(),
  healthy: z.boolean(),
  reasons: z.array(z.unknown()).optional(),
});

export const systemStatusSchema = z.looseObject({
  /** Null: the controller that answers has not read the quorum store since its start. */
  term: z.number().nullable(),
  primary: z.string().nullable(),
  protected: z.boolean(),
  unprotectedSince: z.string().nullish(),
  sites: z.record(z.string(), siteStatusSchema),
  lag: z.looseObject({ bytes: z.number().nullable(), seconds: z.number().nullable() }),
  sync: z.looseObject({ mode: z.string().nullable() }).nullish(),
  automation: z
    .looseObject({
      enabled: z.boolean(),
      by: z.string().nullish(),
      reason: z.string().nullish(),
      until: z.string().nullish(),
    })
    .nullish(),
  run: z
    .looseObject({
      id: z.string(),
      kind: z.string(),
      state: z.string(),
      step: z.string().nullish(),
    })
    .nullish(),
  readiness: z
    .looseObject({ score: z.number(), reasons: z.array(z.string()).default([]) })
    .nullish(),
  alarms: z.array(z.unknown()).optional(),
});
export type SystemStatus = z.infer<typeof systemStatusSchema>;

const stepSchema = z
  .looseObject({
    definition: z.looseObject({
      name: z.string(),
      site: z.string(),
      approvals: z.array(z.string()).default([]),
    }),
    attempt: z.number(),
    state: z.looseObject({ kind: z.string() }),
  })
  .transform(({ definition, attempt, state }) => ({
    name: definition.name,
    site: definition.site,
    attempt,
    state: state.kind,
    detail: detailOf(state),
    needs: definition.approvals,
  }));

/** A run's journal, as far as it is shown. */
export const runSchema = z
  .looseObject({
    id: z.string(),
    kind: z.string(),
    from: z.string(),
    to: z.string(),
    orderedBy: z.string().nullable(),
    createdAt: z.string(),
    state: z.looseObject({ kind: z.string(), why: z.string().optional() }),
    steps: z.array(stepSchema),
    approvals: z.array(z.looseObject({ step: z.string(), by: z.string() })).default([]),
  })
  .transform(({ id, kind, from, to, orderedBy, createdAt, state, steps, approvals }) => ({
    ...{ id, kind, from, to, orderedBy, createdAt, steps, approvals },
    /** Roles of the people who still have to approve the next step. */
    awaits: awaitsOf(steps, approvals),
    state: state.kind,
    why: state.why ?? null,
  }));
export type Run = z.infer<typeof runSchema>;

function awaitsOf(
  steps: readonly z.output<typeof stepSchema>[],
  approvals: readonly { readonly step: string }[],
): readonly string[] {
  const next = steps.find(({ state }) => !["done", "skipped", "undone"].includes(state));
  if (next === undefined) return [];
  return next.needs.slice(approvals.filter(({ step }) => step === next.name).length);
}

/** Evidence, duration or reason of a step, whichever its state has. */
function detailOf(state: Readonly<Record<string, unknown>>): string {
  const parts: string[] = [];
  if (typeof state.tookMs === "number") parts.push(`${Math.round(state.tookMs)} ms`);
  if (Array.isArray(state.evidence)) parts.push(...state.evidence.map(String));
  for (const key of ["why", "reason"]) {
    const text = state[key];
    if (typeof text === "string") parts.push(text);
  }
  return parts.join("; ");
}

export const runsSchema = z.union([
  z.array(runSchema),
  z.object({ runs: z.array(runSchema) }).transform(({ runs }) => runs),
]);

export const runIdSchema = z.looseObject({ id: z.string() });

export const expectedLossSchema = z.looseObject({
  seconds: z.number().nullable(),
  bytes: z.number().nullable(),
  rows: z.number().nullable(),
  openCalls: z.number().nullable(),
  geoComplete: z.boolean(),
  confirmation: z.string(),
});
export type ExpectedLoss = z.infer<typeof expectedLossSchema>;

export const automationSchema = z.looseObject({
  enabled: z.boolean(),
  by: z.string().nullish(),
  reason: z.string().nullish(),
  until: z.string().nullish(),
});

/** Texts, or objects that hold one under `sentence` or `code`. */
export function sentences(list: readonly unknown[] | undefined): readonly string[] {
  return (list ?? []).map((entry) => {
    if (typeof entry === "string") return entry;
    if (typeof entry === "object" && entry !== null) {
      for (const key of ["sentence", "text", "message", "code", "kind"]) {
        const value: unknown = Reflect.get(entry, key);
        if (typeof value === "string") return value;
      }
    }
    return JSON.stringify(entry);
  });
}
