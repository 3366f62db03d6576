import { Center, Loader, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { type ReactElement, type ReactNode, useEffect, useSyncExternalStore } from "react";
import { GoTo } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { openWorkspaceOf, useWorkspace } from "../outbox/index.ts";
import { LockScreen } from "./lock-screen.tsx";
import { personOf, rememberedPerson } from "./remembered-person.ts";
import { lockedByService, openedByService, screenLock, subscribeToLock } from "./screen-lock.ts";
import { type Session, type SignedIn, sessionKey, sessionQuery } from "./session.ts";

interface SessionGateProps {
  readonly children: (person: SignedIn) => ReactNode;
}

/** Lets a signed-in person through, shows the lock, or leads to the sign-in. */
export function SessionGate({ children }: SessionGateProps): ReactElement {
  const session = useQuery(sessionQuery);
  const location = useLocation();
  const lock = useSyncExternalStore(subscribeToLock, screenLock);
  const person = personAtDesk(session.data, session.isError);
  useServiceLock(session.data ?? null);
  useWorkspaceOf(person);
  const queryClient = useQueryClient();
  const isLocked = lock !== null && person !== null && lock.agentId === person.agentId;
  useEffect(() => {
    // What was read about patients leaves the memory with the lock.
    if (isLocked)
      queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
  }, [isLocked, queryClient]);
  if (session.isPending) return <Checking />;
  if (person === null) return <GoTo page="/sign-in" returnTo={location.pathname} />;
  if (isLocked) return <LockScreen agentId={person.agentId} displayName={person.displayName} />;
  return <WorkspaceGate>{children(person)}</WorkspaceGate>;
}

function personAtDesk(session: Session | null | undefined, isError: boolean): SignedIn | null {
  if (session !== undefined && session !== null) {
    return { ...personOf(session), known: isError ? "remembered" : "now", session };
  }
  const remembered = isError ? rememberedPerson() : null;
  return remembered === null ? null : { ...remembered, known: "remembered", session: null };
}

function useServiceLock(session: Session | null): void {
  useEffect(() => {
    if (session === null) return;
    if (session.state === "locked") lockedByService(session.agentId);
    else openedByService(session.agentId);
  }, [session]);
}

function useWorkspaceOf(person: SignedIn | null): void {
  const agentId = person?.agentId ?? null;
  useEffect(() => {
    if (agentId !== null) openWorkspaceOf(agentId).catch(() => {});
  }, [agentId]);
}

interface WorkspaceGateProps {
  readonly children: ReactNode;
}

/** Screens that keep work wait for the place where it is kept; opening it takes some milliseconds. */
function WorkspaceGate({ children }: WorkspaceGateProps): ReactNode {
  return useWorkspace() === null ? <Checking /> : children;
}

function Checking(): ReactElement {
  const t = useT();
  return (
    <Center mih="100dvh" component="main" id="content">
      <Stack align="center">
        <Loader aria-hidden="true" />
        <Text role="status">{t("identity.checking")}</Text>
      </Stack>
    </Center>
  );
}
