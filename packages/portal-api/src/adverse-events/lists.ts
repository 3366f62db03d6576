import { routes } from "@careline/portal-contract";
import { decodeCursor, pageFrom } from "../calls/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";

interface SummaryRow {
  readonly eventId: string;
  readonly eventNumber: string;
  readonly callId: string;
  readonly state: "draft" | "triage";
  readonly isValid: boolean;
  readonly isSerious: boolean;
  readonly awarenessDay: string;
  readonly version: number;
  readonly createdDate: Date;
}

const listAdverseEvents = handle(routes.listAdverseEvents, async (ctx, { query }) => {
  const { tx } = ctx;
  const after = decodeCursor(query.cursor);
  const { role, agentId } = ctx.session;
  // An agent's own list starts from their own index; row-level security decides in any case.
  const own = role === "agent" ? tx`reported_by_agent_id = ${agentId}` : tx`true`;
  const ofCall = query.callId === undefined ? own : tx`call_id = ${query.callId}`;
  const isAfter =
    after === null ? tx`true` : tx`(created_date, event_id) < (${after.at}, ${after.id}::uuid)`;
  const rows = await tx<SummaryRow[]>`
    select event_id as "eventId", event_number as "eventNumber", call_id as "callId", state, is_valid as "isValid",
           is_serious as "isSerious", awareness_day::text as "awarenessDay", version::int as version,
           created_date as "createdDate"
      from portal.adverse_events where ${ofCall} and ${isAfter}
     order by created_date desc, event_id desc limit ${query.limit + 1}`;
  const page = pageFrom(rows, query.limit, (row) => ({ at: row.createdDate, id: row.eventId }));
  ctx.audit({
    resourceType: "adverse_event",
    resourceId: null,
    details: { count: page.items.length },
  });
  const items = page.items.map(({ createdDate: _, ...row }) => row);
  return { body: { items, next: page.next } };
});

interface ProblemRow {
  readonly callId: string;
  readonly problem: "closed_without_screen" | "yes_without_case" | "case_without_yes";
}

const reconcileScreens = handle(routes.reconcileScreens, async (ctx, { query }) => {
  const from = new Date(`${query.day}T00:00:00Z`);
  const to = new Date(from.getTime() + 86_400_000);
  const rows = await ctx.tx<ProblemRow[]>`
    select "callId", problem from (
      select c.call_id as "callId",
             case when c.state = 'closed' and s.call_id is null then 'closed_without_screen'
                  when s.adverse_event and e.call_id is null then 'yes_without_case'
                  when e.call_id is not null and s.adverse_event is not true then 'case_without_yes' end as problem
        from portal.call_logs c
        left join portal.call_screens s on s.call_id = c.call_id
        left join lateral (select e.call_id from portal.adverse_events e where e.call_id = c.call_id limit 1) e on true
       where c.call_start_time >= ${from} and c.call_start_time < ${to}) found
     where problem is not null order by "callId" limit 500`;
  ctx.audit({
    resourceType: "call",
    resourceId: null,
    details: { day: query.day, problems: rows.length },
  });
  return { body: { day: query.day, items: [...rows] } };
});

/** Handlers of lists and of the daily reconciliation. */
export const listHandlers: readonly RegisteredHandler[] = [listAdverseEvents, reconcileScreens];
