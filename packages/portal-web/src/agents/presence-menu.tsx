import type { SetPresenceBody } from "@careline/portal-contract/agents/schemas.ts";
import { Menu, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { announce } from "../announce/index.ts";
import { errorCode } from "../api/index.ts";
import { clockDuration, sinceMs, useNow } from "../clock/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import { Keys, useCommand } from "../shortcuts/index.ts";
import { type OwnProfile, ownProfileQuery } from "./own-profile.ts";
import classes from "./presence.module.css";
import { breakReasons, presenceLooks, reasonLabels } from "./presence-looks.ts";
import { useSetPresence } from "./use-set-presence.ts";

/** The agent's own live state with time in state, and the way to change it. */
export function PresenceMenu(): ReactElement {
  const t = useT();
  const now = useNow();
  const profile = useQuery(ownProfileQuery);
  const [isOpen, setOpen] = useState(false);
  const setPresence = useSetPresence();
  useCommand("status.change", () => setOpen((open) => !open));
  const choose = (body: SetPresenceBody): void =>
    setPresence.mutate(body, {
      onSuccess: () =>
        announce(t("desk.statusNow", { status: t(presenceLooks[body.state].label) })),
      onError: (error) => announce(refusal(t, errorCode(error)), "assertive"),
    });
  const presence = profile.data?.presence;
  const look = presenceLooks[presence?.state ?? "offline"];
  const time = presence === undefined ? "" : clockDuration(sinceMs(presence.since, now));
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-start" withinPortal>
      <Menu.Target>
        <UnstyledButton
          className={`${classes.trigger} ${classes[look.tone]}`}
          disabled={setPresence.isPending}
        >
          <look.icon size={16} aria-hidden="true" />
          <span className={classes.label}>{t(look.label)}</span>
          <span className={classes.time}>{time}</span>
          <VisuallyHidden>{t("desk.changeStatus")}</VisuallyHidden>
          <IconChevronDown size={14} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {t("desk.changeStatus")} <Keys command="status.change" />
        </Menu.Label>
        <WhyNow profile={profile.data} />
        <Menu.Item onClick={() => choose({ state: "available" })}>
          {t("desk.presence.available")}
        </Menu.Item>
        <Menu.Divider />
        {breakReasons.map((reason) => (
          <Menu.Item key={reason} onClick={() => choose({ state: "on_break", reason })}>
            {t("desk.breakFor", { reason: t(reasonLabels[reason]) })}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => choose({ state: "offline", reason: "end_of_shift" })}>
          {t("desk.reason.end_of_shift")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

interface WhyNowProps {
  readonly profile: OwnProfile | undefined;
}

function WhyNow({ profile }: WhyNowProps): ReactElement | null {
  const t = useT();
  const reason = profile?.presence.reason ?? null;
  const next = profile?.presence.next ?? null;
  if (reason === null && next === null) return null;
  return (
    <Text size="xs" px="sm" pb={4} maw={260}>
      {reason !== null && t(reasonLabels[reason])}
      {next !== null && t("desk.statusNext", { status: t(presenceLooks[next.state].label) })}
    </Text>
  );
}
