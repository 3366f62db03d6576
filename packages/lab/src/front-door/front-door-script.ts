/**
 * So long a write waits at the door for a region that may acknowledge it: most of a failover, all of a planned move, and well within the
 * 4 s after which a client gives an attempt up. Milliseconds.
 */
const waitMostMs = 2_500;
/** How often each waiting write looks. */
const lookEachMs = 20;
/** Writes that wait in each of HAProxy's threads; more than these are told at once that no region is there. A write holds 64 kB here. */
const waitingMax = 1_000;

/**
 * HAProxy's script: a write that finds no permit waits until there is one. Otherwise each of fifty clients asks ten times a second, keeps
 * busy what has to take over, and is back a tenth of the outage late. Nothing of a waiting write was sent to any region. A client that
 * leaves is counted until its wait is over (tried with 3,000 of them).
 */
export const frontDoorScript = `local waiting = 0

core.register_action("await_permit", { "http-req" }, function(txn)
  if waiting >= ${waitingMax} then return end
  waiting = waiting + 1
  local waited = 0
  while waited < ${waitMostMs} and txn.f:nbsrv("permit_api") == 0 do
    core.msleep(${lookEachMs})
    waited = waited + ${lookEachMs}
  end
  waiting = waiting - 1
end)
`;
