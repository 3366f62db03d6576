import { beginRejoin, orderedRun, takeOverRun } from "../procedures/index.ts";
import type { RunRecord, StepRecord } from "../runs/index.ts";
import { type Ask, keep, phases, quorum, type Section, yesNo } from "./asks.ts";
import { aPrimarySeen, aQuorum, aView, someTime } from "./scene.ts";

/** Sections of the table about open runs. */
function journals(): readonly { readonly label: string; readonly run: RunRecord }[] {
  const scene = aPrimarySeen();
  const order = {
    to: "west",
    by: "a person",
    reason: "",
    force: false,
    acceptGeoLoss: false,
    ignored: [],
  } as const;
  const switchover = orderedRun(scene, aView(), { ...order, kind: "switchover" });
  const done = { kind: "done", evidence: [], tookMs: 1 } as const;
  const upTo = (count: number): StepRecord[] =>
    switchover.steps.map((step, index) =>
      index < count ? { ...step, state: { ...done, evidence: [] } } : step,
    );
  const handedOver: RunRecord = { ...switchover, steps: upTo(2) };
  const running = { kind: "running", by: scene.controllerBootId, since: someTime } as const;
  const handingOver: RunRecord = {
    ...switchover,
    steps: upTo(1).map((step, index) =>
      index === 1 ? { ...step, attempt: 1, state: running } : step,
    ),
  };
  const about = { id: "failover", term: 3, to: "west", withinRpo: false } as const;
  return [
    { label: "switchover, first step here", run: switchover },
    { label: "switchover, handing over", run: handingOver },
    { label: "switchover, next step there", run: handedOver },
    {
      label: "switchover, paused",
      run: { ...handedOver, state: { kind: "paused", by: "a person" } },
    },
    { label: "failover to the other site", run: takeOverRun(scene, aView(), about) },
    { label: "rejoin of the other site", run: beginRejoin(scene, aView(), "east", null) },
    { label: "any of an older term", run: { ...switchover, term: 1, endsInTerm: 2 } },
  ];
}

const openRuns = (): Ask => ({
  name: "open run",
  values: journals().map(({ label, run }) => ({
    label,
    apply: quorum({ openRuns: [{ run, revision: 50, stepForMs: 0 }] }),
  })),
});

export const withRuns = (): Section => ({
  title: "A run is open (the term is this site's)",
  start: aPrimarySeen(),
  asks: [openRuns(), phases(["serving", "draining", "releasing", "released", "idle"])],
});

export const adopting = (): Section => ({
  title: "The term names a run",
  start: aPrimarySeen({ quorum: aQuorum({ view: aView({ term: { run: "run-9" } }) }) }),
  asks: [yesNo("the journal has it", keep, quorum({ termRunMissing: true }))],
});

export const witness = (): Section => ({
  title: "The witness",
  start: aPrimarySeen({ self: "witness", keeper: null, postgres: null }),
  asks: [yesNo("quorum answers", keep, quorum({ isAnswering: false })), openRuns()],
});
