import {
  decidingMutations,
  durabilityMutations,
  flappingMutations,
  procedureMutations,
} from "./controller-mutations.ts";
import { fencingMutations, promiseMutations, timeMutations } from "./keeper-mutations.ts";
import type { Mutation } from "./mutation.ts";
import { portalMutations } from "./portal-mutations.ts";

/** Every deviation that the mutation check plants. */
export const mutations: readonly Mutation[] = [
  ...timeMutations,
  ...promiseMutations,
  ...fencingMutations,
  ...decidingMutations,
  ...flappingMutations,
  ...durabilityMutations,
  ...procedureMutations,
  ...portalMutations,
];
