import { Button } from "@mantine/core";
import { IconPhone } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { clockDuration, sinceMs, useNow } from "../clock/index.ts";
import { useT } from "../i18n/index.ts";
import { isDialling } from "./call.ts";
import { useOpenCall } from "./current-calls.ts";

/** The call in hand, in sight on every page; leads back to it. */
export function CallBar(): ReactElement | null {
  const t = useT();
  const now = useNow();
  const call = useOpenCall();
  if (call === null) return null;
  const time = clockDuration(sinceMs(call.connectedAt ?? call.callStartTime, now));
  return (
    <Button
      component={Link}
      to="/desk"
      size="xs"
      radius="xl"
      variant="light"
      visibleFrom="sm"
      leftSection={<IconPhone size={14} aria-hidden="true" />}
    >
      {isDialling(call) ? t("followUps.dialling") : t(`desk.state.${call.state}`)} {time}
    </Button>
  );
}
