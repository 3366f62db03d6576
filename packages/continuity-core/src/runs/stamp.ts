/** Every external write of a run says on whose authority it is made; the receiver keeps the newest it has obeyed. */
export interface Stamp {
  readonly storeGeneration: number;
  readonly storeId: string;
  readonly term: number;
  readonly run: string;
  /** Grows over the whole run, with every attempt of every step: the number of its claim. */
  readonly attempt: number;
}

export type StampRefusal = "older-store" | "older-term" | "older-attempt";

/**
 * Why a receiver refuses a write, or null. (store generation, term) decide; within one run the attempt does. Another run of the
 * same term is accepted: runs of one term are ordered by their journal.
 */
export function whyRefused(obeyed: Stamp | null, incoming: Stamp): StampRefusal | null {
  if (obeyed === null) return null;
  if (incoming.storeGeneration < obeyed.storeGeneration) return "older-store";
  if (incoming.storeGeneration > obeyed.storeGeneration) return null;
  if (incoming.storeId !== obeyed.storeId) return "older-store";
  if (incoming.term < obeyed.term) return "older-term";
  const isSameRun = incoming.term === obeyed.term && incoming.run === obeyed.run;
  return isSameRun && incoming.attempt < obeyed.attempt ? "older-attempt" : null;
}
