import { Button, Group, Stack, Text } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { errorCode } from "../api/index.ts";
import { Dialog } from "../feedback/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import { useOutbox } from "../outbox/index.ts";
import { signOut } from "./sign-out.ts";

interface SignOutDialogProps {
  readonly isInCall: boolean;
  readonly onClose: () => void;
}

/** Asks before signing out when something still waits on this computer or a call is open. */
export function SignOutDialog({ isInCall, onClose }: SignOutDialogProps): ReactElement {
  const t = useT();
  const { waiting, unconfirmed, conflicts } = useOutbox();
  const [problem, setProblem] = useState<string | null>(null);
  const count = waiting + unconfirmed + conflicts;
  const leave = (): void => {
    signOut(new AbortController().signal).catch((error: unknown) => setProblem(errorCode(error)));
  };
  return (
    <Dialog title={t("identity.signOutTitle")} onClose={onClose}>
      <Stack>
        {count > 0 && <Text>{t("identity.signOutWaiting", { count })}</Text>}
        {isInCall && <Text>{t("identity.signOutCall")}</Text>}
        {problem !== null && (
          <Text role="alert" c="red">
            {refusal(t, problem)}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("identity.stayHere")}
          </Button>
          <Button color="red.9" onClick={leave}>
            {t("identity.signOutAnyway")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
