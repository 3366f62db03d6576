import { queryOptions } from "@tanstack/react-query";
import { type Answer, ApiError, needsSignIn, send } from "../api/index.ts";
import { forgetPerson, type RememberedPerson, rememberPerson } from "./remembered-person.ts";

export type Session = Answer<"readSession">;

/** The person at this desk, whether the service just said so or this browser remembers it. */
export interface SignedIn extends RememberedPerson {
  /** `remembered`: no region answers; nothing but keeping work here is possible. */
  readonly known: "now" | "remembered";
  readonly session: Session | null;
}

export const sessionKey = ["session"] as const;

/** The session as the service knows it. A missing session is an answer (null), not a failure. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      const { data } = await send("readSession", { background: true }, signal);
      rememberPerson(data);
      return data;
    } catch (error) {
      if (!needsSignIn(error)) throw error;
      forgetPerson();
      return null;
    }
  },
  staleTime: 60_000,
  // Once a second while no region answers: the desk must come back by itself.
  refetchInterval: (query) => (query.state.error === null ? 300_000 : 1_000),
  retry: (failures, error) =>
    failures < 2 && error instanceof ApiError && error.failure.kind !== "problem",
  retryDelay: 300,
});
