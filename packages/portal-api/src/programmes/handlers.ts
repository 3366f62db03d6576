import { routes } from "@careline/portal-contract";
import type { Programme, Queue } from "@careline/portal-contract/programmes/schemas.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";

const listProgrammes = handle(routes.listProgrammes, async ({ tx }) => {
  // Row-level security leaves the own programmes and their queues.
  const [programmes, queues] = await Promise.all([
    tx<Programme[]>`
      select programme_id as "programmeId", code, name, greeting, script, products, languages
        from portal.programmes order by name, programme_id`,
    tx<Queue[]>`
      select q.queue_id as "queueId", q.programme_id as "programmeId", q.code, q.name, q.skill,
             q.skill_level_min as "skillLevelMin", q.offer_timeout_seconds as "offerTimeoutSeconds",
             q.wrap_up_seconds as "wrapUpSeconds", q.is_wrap_up_code_required as "isWrapUpCodeRequired",
             coalesce((select json_agg(json_build_object('code', w.code, 'label', w.label) order by w.position, w.code)
                from portal.queue_wrap_up_codes w where w.queue_id = q.queue_id), '[]') as "wrapUpCodes",
             json_build_object('percent', q.service_level_percent, 'seconds', q.service_level_seconds,
                               'shortAbandonSeconds', q.short_abandon_seconds) as "serviceLevel",
             q.hours, q.zone
        from portal.queues q order by q.name, q.queue_id`,
  ]);
  return { body: { programmes: [...programmes], queues: [...queues] } };
});

/** Handlers of the programmes' routes. */
export const programmesHandlers: readonly RegisteredHandler[] = [listProgrammes];
