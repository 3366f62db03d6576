import { Button, Center, Paper, Stack, Text, Title } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { type ReactElement, useEffect, useRef } from "react";
import { useLostFocus } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { screenLock, tellLock } from "./screen-lock.ts";
import { SignInAddress } from "./sign-in-address.ts";

interface LockScreenProps {
  readonly agentId: string;
  readonly displayName: string;
}

/** Covers everything. Nothing of a patient is in the page while it is shown. */
export function LockScreen({ agentId, displayName }: LockScreenProps): ReactElement {
  const t = useT();
  const button = useRef<HTMLAnchorElement>(null);
  useLostFocus(button);
  useEffect(() => {
    const life = new AbortController();
    if (screenLock()?.told === false) tellLock(agentId, life.signal).catch(() => {});
    return () => life.abort();
  }, [agentId]);
  return (
    <Center mih="100dvh" p="md" component="main" id="content">
      <Paper withBorder p="xl" maw={440} w="100%">
        <Stack>
          <IconLock size={40} aria-hidden="true" />
          <Title order={1} size="h3">
            {t("identity.locked")}
          </Title>
          <Text>{t("identity.lockedText", { name: displayName })}</Text>
          <Button component="a" href={SignInAddress.unlock()} size="md" ref={button}>
            {t("identity.unlock")}
          </Button>
          <Text size="sm" c="dimmed">
            {t("identity.unlockText")}
          </Text>
        </Stack>
      </Paper>
    </Center>
  );
}
