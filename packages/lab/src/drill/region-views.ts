import type { Clock } from "@careline/platform";
import { Agent, request } from "undici";
import { type Region, regions } from "../layout/index.ts";
import type { LabStage } from "./lab-stage.ts";

/** What a region says of itself, asked directly. */
export interface RegionView {
  readonly region: Region;
  /** Its portal holds a permit right now. */
  readonly isServing: boolean;
  /** Its PostgreSQL is no standby; null when it does not answer. */
  readonly takesWrites: boolean | null;
}

const withinMs = 2_000;

/** Regions whose portal holds a permit right now. */
export async function servingRegions(
  stage: LabStage,
  clock: Clock,
  signal: AbortSignal,
): Promise<Region[]> {
  const agent = new Agent({ connect: { ca: stage.authority }, allowH2: false });
  try {
    const serving = await Promise.all(
      regions.map(async (region) => {
        const limit = AbortSignal.any([signal, clock.deadline(withinMs)]);
        const url = `${stage.directOrigin(region)}/health`;
        try {
          const answer = await request(url, { dispatcher: agent, signal: limit });
          await answer.body.dump();
          return answer.statusCode === 200;
        } catch {
          signal.throwIfAborted();
          return false;
        }
      }),
    );
    return regions.filter((_, index) => serving[index]);
  } finally {
    await agent.destroy();
  }
}

/** Both regions, by their portals and databases themselves. */
export async function regionViews(
  stage: LabStage,
  clock: Clock,
  signal: AbortSignal,
): Promise<RegionView[]> {
  const serving = await servingRegions(stage, clock, signal);
  return Promise.all(
    regions.map(async (region) => {
      const limit = AbortSignal.any([signal, clock.deadline(withinMs)]);
      const answer = await stage.sql(region, "select pg_is_in_recovery()", limit).catch(() => null);
      signal.throwIfAborted();
      const takesWrites = answer === null ? null : answer === "f";
      return { region, isServing: serving.includes(region), takesWrites };
    }),
  );
}
