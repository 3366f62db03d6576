import type { KeeperStatus } from "../keeper/index.ts";
import type { LocalPostgres, Observation, QuorumSeen } from "../observe/index.ts";
import type { SiteRecord } from "../store/index.ts";
import type { Dimension } from "./collapse.ts";
import { aView, someTime, type ViewParts } from "./scene.ts";

export type Scene = Observation;
export type Ask = Dimension<Scene>;
export type Change = (scene: Scene) => Scene;

export const keep: Change = (scene) => scene;

export const keeper =
  (changes: Partial<KeeperStatus>): Change =>
  (scene) => ({ ...scene, keeper: scene.keeper === null ? null : { ...scene.keeper, ...changes } });

export const postgres =
  (changes: Partial<LocalPostgres>): Change =>
  (scene) => ({
    ...scene,
    postgres: scene.postgres === null ? null : { ...scene.postgres, ...changes },
  });

export const quorum =
  (changes: Partial<QuorumSeen>): Change =>
  (scene) => ({ ...scene, quorum: { ...scene.quorum, ...changes } });

export const view =
  (parts: ViewParts): Change =>
  (scene) => {
    const old = scene.quorum.view;
    if (old === null) return scene;
    const fresh = aView({
      term: { ...old.term.record, ...parts.term },
      lease: { ...old.lease.record, ...parts.lease },
      sync: { ...old.sync.record, ...parts.sync },
    });
    return { ...scene, quorum: { ...scene.quorum, view: fresh } };
  };

export const both =
  (...changes: readonly Change[]): Change =>
  (scene) =>
    changes.reduce((before, change) => change(before), scene);

export const yesNo = (name: string, yes: Change, no: Change = keep): Ask => ({
  name,
  values: [
    { label: "yes", apply: yes },
    { label: "no", apply: no },
  ],
});

export const phases = (names: readonly KeeperStatus["phase"][]): Ask => ({
  name: "keeper",
  values: names.map((phase) => ({ label: phase, apply: keeper({ phase }) })),
});

export const automation: Ask = {
  name: "automation",
  values: [
    { label: "on", apply: keep },
    {
      label: "off",
      apply: quorum({
        automation: {
          record: { enabled: false, by: "a person", reason: "", changedAt: someTime, until: null },
          revision: 9,
        },
      }),
    },
  ],
};

export const otherSitePresent: Change = quorum({
  sites: { west: { record: { site: "west" } as SiteRecord, ageMs: 100 } },
});

/** A table of its own: a scene, and the questions asked about it. */
export interface Section {
  readonly title: string;
  readonly start: Scene;
  readonly asks: readonly Ask[];
}
