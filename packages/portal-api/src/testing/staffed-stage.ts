import { systemRandom, uuidV7 } from "@careline/platform";
import { fillDatabase } from "../demo/index.ts";
import type { RegisteredHandler, Session } from "../serving/index.ts";
import { type DomainStage, startStageHouse } from "./domain-stage.ts";

/** A stage on a cluster of its own, with the demonstration's people at work. */
export interface StaffedStage {
  readonly stage: DomainStage;
  /** An agent whom no other test of the file has: nobody sees another's calls, openings or search limit. */
  anAgent(): Session;
  close(): Promise<void>;
}

/** Starts a cluster, fills it and serves `handlersOf`; `close` leaves nothing behind. */
export async function openStaffedStage(
  sizes: Parameters<typeof fillDatabase>[2],
  handlersOf: (stage: DomainStage) => readonly RegisteredHandler[],
): Promise<StaffedStage> {
  const house = await startStageHouse();
  const stage = await house.open();
  stage.handlers = handlersOf(stage);
  await fillDatabase(stage.owner, stage.cipher, sizes);
  const free: Session[] = [];
  for (let index = 1; index <= sizes.agents; index += 1)
    free.push(await stage.sessionOf(`agent${String(index).padStart(3, "0")}`));
  return {
    stage,
    anAgent() {
      const agent = free.shift();
      if (agent === undefined) throw new Error("seed more agents");
      return agent;
    },
    async close() {
      await stage.close();
      await house.stop();
    },
  };
}

/** A new UUIDv7, as a client makes it. */
export const newId = (): string => uuidV7(Date.parse("2026-11-22T09:00:00Z"), systemRandom);
