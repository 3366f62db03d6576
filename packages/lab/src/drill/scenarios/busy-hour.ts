import { availableParallelism, cpus } from "node:os";
import { Worker } from "node:worker_threads";
import type { Scenario, Scene } from "../scenario.ts";

const hourMs = 3_600_000;
const lookEachMs = 1_000;
/** Endless loops leave nothing idle; what is missing to the whole is the first and the last moment. */
const busyMin = 0.95;

/** An hour of work beside endless loops. A takeover that nothing but a busy machine caused would end calls for nothing. */
export const busyHour: Scenario = {
  name: "busy-hour",
  what: "For an hour an endless loop for each core runs beside everything else, and nothing is broken.",
  expected: "Nothing moves and no run begins: a busy region is not a dead one.",
  primary: "stays",
  isApart: true,
  async fault(scene) {
    const beganAt = new Date(scene.wallMs());
    const loops = Array.from(
      { length: availableParallelism() },
      () => new Worker("for (;;);", { eval: true }),
    );
    try {
      await watch(scene);
    } finally {
      await Promise.all(loops.map((loop) => loop.terminate()));
    }
    return beganAt;
  },
  async heal() {
    // The loops end with the hour.
  },
};

async function watch(scene: Scene): Promise<void> {
  const { operators } = scene.stage;
  const { term } = await operators.status(scene.signal);
  const known = new Set((await operators.runs(scene.signal)).map(({ id }) => id));
  const begun = new Set<string>();
  const before = coreTimes();
  const endMs = scene.wallMs() + hourMs;
  let looks = 0;
  let unprotected = 0;
  let moved = 0;
  while (scene.wallMs() < endMs) {
    await scene.sleep(lookEachMs);
    const status = await operators.status(scene.signal);
    looks += 1;
    if (!status.protected) unprotected += 1;
    if (status.term !== term) moved += 1;
    // At each look: a journal that nobody could tell at the end would hide one that had begun.
    for (const { id } of await operators.runs(scene.signal)) if (!known.has(id)) begun.add(id);
  }
  const after = coreTimes();
  const share = (after.busy - before.busy) / (after.all - before.all);
  const percent = (100 * share).toFixed(1);
  scene.note(`${looks} looks, ${unprotected} of them unprotected; cores ${percent} % busy`);
  scene.expect(moved === 0, "the term is the same all the time");
  scene.expect(share >= busyMin, "the cores are busy all the time");
  scene.expect(begun.size === 0, "no run begins");
}

/** Time of all cores since the machine started, milliseconds. */
function coreTimes(): { readonly busy: number; readonly all: number } {
  let all = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    all += times.user + times.nice + times.sys + times.irq + times.idle;
    idle += times.idle;
  }
  return { busy: all - idle, all };
}
