import { useSyncExternalStore } from "react";
import type { ServiceState } from "./service-state.ts";
import { serviceState, subscribeToService } from "./service-store.ts";

export function useService(): ServiceState {
  return useSyncExternalStore(subscribeToService, serviceState);
}
