import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { seededRandom, systemClock } from "@careline/platform";
import { routes } from "@careline/portal-contract";
import { fillDatabase } from "../demo/index.ts";
import { patientsHandlers } from "../patients/index.ts";
import type { Session } from "../serving/index.ts";
import { type DomainStage, startStageHouse } from "./domain-stage.ts";

/**
 * `node packages/portal-api/src/testing/bench-patient-search.ts [--patients 1000000] [--searches 500] [--out result.json]`
 * Patient search as the application does it: the application's role, row-level security, the search function, its own row and the
 * audit row, one commit each; every kind of search with terms that exist. Latencies in milliseconds, one client.
 */
const { values } = parseArgs({
  options: {
    patients: { type: "string", default: "1000000" },
    searches: { type: "string", default: "500" },
    out: { type: "string" },
  },
});
const patients = Number(values.patients);
const searches = Number(values.searches);

/** Rows made by the server itself: a million through the cipher would take hours and change nothing of the search. */
async function fillPatients(stage: DomainStage): Promise<void> {
  await stage.owner`
    insert into portal.patients (patient_id, mrn, first_name, last_name, first_name_key, last_name_key, date_of_birth,
           phone, phone_digits, email)
    select gen_random_uuid(), 'BENCH-' || lpad(n::text, 8, '0'), initcap(f), initcap(l), f, l,
           date '1930-01-01' + (n::bigint * 7919 % 32872)::int, '+1' || p, p, 'patient' || n || '@example.com'
      from (select n, substr(md5('f' || (n % 4000)), 1, 7) as f, substr(md5('l' || (n % 60000)), 1, 8) as l,
                   lpad((2000000000 + n::bigint)::text, 10, '0') as p
              from generate_series(1, ${patients}) as n) made`;
  await stage.owner`analyze portal.patients`;
}

interface Sample {
  readonly mrn: string;
  readonly lastName: string;
  readonly phone: string;
  readonly dateOfBirth: string;
}

function termsOf(kind: string, sample: Sample): object {
  if (kind === "name prefix (3 letters)")
    return { by: "name", lastName: sample.lastName.slice(0, 3) };
  if (kind === "full name") return { by: "name", lastName: sample.lastName };
  if (kind === "MRN") return { by: "mrn", mrn: sample.mrn };
  if (kind === "phone") return { by: "phone", phone: sample.phone };
  return { by: "birth_date", dateOfBirth: sample.dateOfBirth };
}
const kinds = ["name prefix (3 letters)", "full name", "MRN", "phone", "birth date"];

const percentile = (sorted: readonly number[], part: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0) * 100) /
  100;

async function measure(
  stage: DomainStage,
  agents: readonly Session[],
  kind: string,
  samples: readonly Sample[],
) {
  const took: number[] = [];
  let hits = 0;
  for (const [index, sample] of samples.entries()) {
    const agent = agents[index % agents.length];
    if (agent === undefined) throw new Error("no agent");
    const began = systemClock.monotonicMs();
    const { body } = await stage.ask(routes.searchPatients, agent, { body: termsOf(kind, sample) });
    took.push(systemClock.monotonicMs() - began);
    hits += body.items.length;
  }
  const sorted = took.slice(20).sort((a, b) => a - b);
  return {
    kind,
    searches: sorted.length,
    hits,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
  };
}

const house = await startStageHouse();
const stage = await house.open();
try {
  stage.handlers = patientsHandlers(stage);
  await fillDatabase(stage.owner, stage.cipher, { agents: 500, patients: 0 });
  const beganMs = systemClock.monotonicMs();
  await fillPatients(stage);
  const filledMs = Math.round(systemClock.monotonicMs() - beganMs);
  const agents: Session[] = [];
  // 30 searches a minute and agent are allowed, so the load is spread over many.
  for (let index = 1; index <= 500; index += 1) {
    agents.push(await stage.sessionOf(`agent${String(index).padStart(3, "0")}`));
  }
  const random = seededRandom(7);
  const numbers = Array.from(
    { length: searches + 20 },
    () => 1 + Math.floor(random.next() * patients),
  );
  const samples = await stage.owner<Sample[]>`
    select mrn, last_name as "lastName", phone, date_of_birth::text as "dateOfBirth" from portal.patients
     where mrn = any (${numbers.map((number) => `BENCH-${String(number).padStart(8, "0")}`)})`;
  const results = [];
  for (const kind of kinds) results.push(await measure(stage, agents, kind, samples));
  const report = { at: systemClock.wallNow().toISOString(), patients, filledMs, results };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await stage.close();
  await house.stop();
}
