import { systemClock, systemRandom } from "@careline/platform";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { WriteMeter } from "../controller/write-meter.ts";
import { createAuthority } from "../testing/authority.ts";
import { configureTwoRegions } from "../testing/region.ts";
import { migratePortal, RegionServer } from "../testing/region-server.ts";
import { becomeUnprivileged, Trial } from "../testing/trial.ts";

becomeUnprivileged();
// A real server on a machine that runs other tests as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });
const trial = new Trial("written");
const never = new AbortController().signal;
const quiet = { debug: (): void => undefined } as never;
let east: RegionServer;

beforeAll(async () => {
  const regions = await configureTwoRegions(trial, createAuthority(trial.dir));
  east = new RegionServer(regions.postgres.east);
  await east.copies.initialise(never);
  await east.server.start("primary", 20_000, never);
  await east.sql.ensureFoundation(never);
  await east.sql.recordTerm({ term: 1, storeId: systemRandom.uuid(), site: "east" }, never);
  await east.with((sql) =>
    sql.unsafe("create table public.written (value int primary key, n int)"),
  );
});
afterAll(async () => {
  await east?.end();
  await trial.end();
});

it("counts each row version that was written or deleted between two positions, from the log itself", async () => {
  await east.sql.ensureLogReader(never);
  await east.sql.checkpoint(never);
  const from = await east.sql.flushedLsn(never);
  await east.with((sql) =>
    sql.unsafe(`insert into public.written select g, 0 from generate_series(1, 30) g;
      update public.written set n = 1 where value <= 10;
      delete from public.written where value = 30`),
  );
  const to = await east.sql.flushedLsn(never);
  expect(await east.sql.rowsWritten(from, to, never)).toBe(41);
});

it("is told look by look, with the highest rate, and begins anew after the region was no primary", async () => {
  const meter = new WriteMeter(east.sql, systemClock, quiet);
  await meter.look(true, never);
  expect(meter.written).toMatchObject({ rows: 0, peakPerSecond: 0 });
  await east.with((sql) =>
    sql.unsafe("insert into public.written select g, 0 from generate_series(100, 119) g"),
  );
  await meter.look(true, never);
  expect(meter.written?.rows).toBeGreaterThanOrEqual(20);
  expect(meter.written?.rows).toBeLessThan(30);
  expect(meter.written?.peakPerSecond).toBeGreaterThan(0);
  await meter.look(false, never);
  expect(meter.written).toBeNull();
});

it("knows open calls only from the portal's own schema", async () => {
  expect(await east.sql.openCalls(never)).toBeNull();
  await migratePortal(east.config, "east", trial.dir);
  expect(await east.sql.openCalls(never)).toBe(0);
  await east.with((sql) =>
    sql.unsafe(`insert into portal.call_logs (call_id, call_type, state, call_status, provider, provider_call_id)
      values (gen_random_uuid(), 'inbound', 'offered', null, 'test', 'one'),
             (gen_random_uuid(), 'inbound', 'abandoned', 'abandoned', 'test', 'two')`),
  );
  expect(await east.sql.openCalls(never)).toBe(1);
});
