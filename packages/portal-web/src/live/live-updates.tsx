import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { receivePresence } from "../agents/index.ts";
import { routeTable } from "../api/index.ts";
import { receiveCall, receiveOffer } from "../calls/index.ts";
import { type SignedIn, sessionKey } from "../identity/index.ts";
import { currentWorkspace } from "../outbox/index.ts";
import { receiveBoardDelta } from "../queue/index.ts";
import { askService } from "../status/index.ts";
import { followEvents, type StreamMessage } from "./event-stream.ts";

/** Queries that the event stream keeps fresh; read again whenever events may have been missed. */
const followed: readonly string[] = ["current-calls", "own-profile", "board", "tasks", "session"];

interface LiveUpdatesProps {
  readonly person: SignedIn;
}

/** Applies what the service tells by itself, while a person is signed in. Shows nothing. */
export function LiveUpdates({ person }: LiveUpdatesProps): null {
  const queryClient = useQueryClient();
  const isKnown = person.known === "now";
  useEffect(() => {
    if (!isKnown) return;
    const life = new AbortController();
    const readAgain = (): void => {
      for (const name of followed)
        queryClient.invalidateQueries({ queryKey: [name] }).catch(() => {});
    };
    followEvents(
      routeTable.watchEvents.path,
      {
        onOpen: readAgain,
        onGap: readAgain,
        onMessage: (message) => apply(message, queryClient),
        onLost: () => void askService(life.signal),
      },
      life.signal,
    ).catch(() => {});
    return () => life.abort();
  }, [queryClient, isKnown]);
  return null;
}

function apply(message: StreamMessage, queryClient: QueryClient): void {
  switch (message.kind) {
    case "hello":
    case "heartbeat":
    case "confirmed":
      currentWorkspace()?.outbox.observeConfirmed(message.data.confirmed);
      return;
    case "session":
      queryClient.invalidateQueries({ queryKey: sessionKey }).catch(() => {});
      return;
    case "offer":
      receiveOffer(queryClient, message.data);
      return;
    case "call":
      receiveCall(queryClient, message.data.call);
      return;
    case "presence":
      receivePresence(queryClient, message.data);
      return;
    case "task":
      queryClient.invalidateQueries({ queryKey: ["tasks"] }).catch(() => {});
      return;
    case "board":
      receiveBoardDelta(queryClient, message.data);
      return;
    case "gap":
    case "drain":
      return;
  }
}
