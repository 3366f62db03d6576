import type { PresenceState } from "@careline/portal-contract/agents/schemas.ts";
import { Button, Group, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconHeadset } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { ownProfileQuery, presenceLooks, reasonLabels, useSetPresence } from "../agents/index.ts";
import { errorCode } from "../api/index.ts";
import { Page } from "../feedback/index.ts";
import { DueFollowUps, tasksQuery } from "../follow-ups/index.ts";
import { refusal, type TextKey, useT } from "../i18n/index.ts";
import { Keys } from "../shortcuts/index.ts";
import { MissedOffers, missedOffersQuery } from "./missed-offers.tsx";
import { RecentCalls } from "./recent-calls.tsx";

const titles: Readonly<Record<PresenceState, TextKey>> = {
  available: "desk.readyTitle",
  offered: "desk.ringing",
  on_call: "desk.notReadyTitle",
  wrapping: "desk.notReadyTitle",
  on_break: "desk.notReadyTitle",
  offline: "desk.notReadyTitle",
};

/** The desk between two calls: am I offered calls, and if not, why not. */
export function ReadyView(): ReactElement {
  const t = useT();
  const profile = useQuery(ownProfileQuery);
  const setPresence = useSetPresence();
  // Each of the parts below may be there or not: shown together, none pushes another away.
  const tasks = useQuery(tasksQuery);
  const missed = useQuery(missedOffersQuery);
  const isSettled = !tasks.isPending && !missed.isPending;
  const presence = profile.data?.presence;
  const state = presence?.state ?? "offline";
  const isAway = state === "on_break" || state === "offline";
  return (
    <Page title={t("shell.desk")}>
      <Paper withBorder p="lg">
        <Group align="flex-start" wrap="nowrap">
          <IconHeadset size={36} aria-hidden="true" />
          <Stack gap="xs" align="flex-start">
            <Title order={2} size="h4">
              {t(titles[state])}
            </Title>
            {state !== "offered" && (
              <Text>{state === "available" ? t("desk.readyText") : t("desk.notReadyText")}</Text>
            )}
            {presence !== undefined && isAway && presence.reason !== null && (
              <Text size="sm" c="dimmed">
                {t(presenceLooks[presence.state].label)}: {t(reasonLabels[presence.reason])}
              </Text>
            )}
            {isAway && (
              <Button
                loading={setPresence.isPending}
                onClick={() => setPresence.mutate({ state: "available" })}
              >
                {t("desk.goAvailable")}
              </Button>
            )}
            {setPresence.isError && (
              <Text role="alert" size="sm" c="red">
                {refusal(t, errorCode(setPresence.error))}
              </Text>
            )}
            <Text size="sm" c="dimmed">
              {t("desk.acceptHint")} <Keys command="offer.accept" />
            </Text>
          </Stack>
        </Group>
      </Paper>
      {isSettled ? (
        <>
          <DueFollowUps />
          <MissedOffers />
          <RecentCalls />
        </>
      ) : (
        <Skeleton height={240} role="status" aria-label={t("shell.loading")} />
      )}
    </Page>
  );
}
