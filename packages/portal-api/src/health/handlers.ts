import { routes, type Site } from "@careline/portal-contract";
import type { Tx } from "../database/index.ts";
import type { PermitView } from "../permit/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";
import { selectTerms } from "../terms/index.ts";

export interface HealthDeps {
  readonly site: Site;
  readonly permit: PermitView;
}

/** Routes of the foundation that anybody may read. */
export function healthHandlers(deps: HealthDeps): readonly RegisteredHandler[] {
  return [
    handle(routes.listTerms, async (ctx) => ({ body: { terms: await selectTerms(ctx.tx) } })),
    handle(routes.readServiceStatus, async (ctx) => {
      const permit = deps.permit.current();
      const { geo, unprotectedSince } = deps.permit.durability;
      const isPrimary = permit !== null;
      return {
        body: {
          site: deps.site,
          writable: isPrimary,
          reason: deps.permit.reason,
          term: permit?.term ?? null,
          primary: deps.permit.primary,
          protected: isPrimary && geo,
          unprotectedSince:
            unprotectedSince === null ? null : new Date(unprotectedSince).toISOString(),
          dataAgeSeconds: isPrimary ? null : await selectReplayAge(ctx.tx),
        },
      };
    }),
  ];
}

async function selectReplayAge(tx: Tx): Promise<number | null> {
  const [row] = await tx<{ seconds: number | null }[]>`
    select extract(epoch from now() - pg_last_xact_replay_timestamp())::float8 as seconds`;
  return row?.seconds === null || row === undefined
    ? null
    : Math.max(0, Math.round(row.seconds * 10) / 10);
}
