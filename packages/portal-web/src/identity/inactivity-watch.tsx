import { Button, Stack, Text } from "@mantine/core";
import { type ReactElement, useEffect, useState } from "react";
import { browserClock, useNow } from "../clock/index.ts";
import { Dialog } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { idlenessOf, lastActivityMs, noteActivity } from "./inactivity.ts";
import { lockScreen } from "./screen-lock.ts";
import type { SignedIn } from "./session.ts";

const activityEvents = ["keydown", "pointerdown", "wheel"] as const;

interface InactivityWatchProps {
  readonly person: SignedIn;
}

/** Warns before the screen locks for want of activity, and locks it. A call that is under way is never touched. */
export function InactivityWatch({ person }: InactivityWatchProps): ReactElement | null {
  const t = useT();
  const now = useNow();
  // Coming to the desk (signing in, unlocking, loading the page) is activity too.
  const [arrivedMs] = useState(() => browserClock.wallNow().getTime());
  const idleness = idlenessOf(now - Math.max(arrivedMs, lastActivityMs()), person);
  useEffect(() => {
    const life = new AbortController();
    const onActivity = (): void => noteActivity(life.signal);
    onActivity();
    for (const name of activityEvents)
      document.addEventListener(name, onActivity, { capture: true, passive: true });
    return () => {
      life.abort();
      for (const name of activityEvents)
        document.removeEventListener(name, onActivity, { capture: true });
    };
  }, []);
  const mustLock = idleness.kind === "lock";
  useEffect(() => {
    if (!mustLock) return;
    // No cleanup: the lock must reach the service even though this component leaves the screen with it.
    lockScreen(person.agentId, new AbortController().signal).catch(() => {});
  }, [mustLock, person.agentId]);
  const seconds = idleness.kind === "warn" ? Math.ceil(idleness.remainingMs / 1_000) : 0;
  if (idleness.kind !== "warn") return null;
  return (
    <Dialog title={t("identity.lockSoon", { seconds })}>
      <Stack>
        <Text>{t("identity.lockSoonText")}</Text>
        <Button data-autofocus>{t("identity.stay")}</Button>
      </Stack>
    </Dialog>
  );
}
