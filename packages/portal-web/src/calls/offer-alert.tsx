import { Button, Group, Menu, Paper, Progress, Stack, Text } from "@mantine/core";
import { IconBellRinging, IconPhoneIncoming } from "@tabler/icons-react";
import { type ReactElement, useEffect } from "react";
import { announce } from "../announce/index.ts";
import { errorCode } from "../api/index.ts";
import { browserClock, clockDuration, useNow } from "../clock/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import { Keys, useCommand } from "../shortcuts/index.ts";
import { EndedOfferNotice } from "./ended-offer-notice.tsx";
import classes from "./offer.module.css";
import { OfferFacts } from "./offer-facts.tsx";
import { type RingingOffer, remainingMsOf, useOffer } from "./offer-store.ts";
import { type DeclineReason, useAcceptOffer, useDeclineOffer } from "./use-offer-actions.ts";

/** The call that rings, above every page; it takes no focus, so that a sentence in progress is not torn. */
export function OfferAlert(): ReactElement | null {
  const { ringing, ended } = useOffer();
  if (ringing !== null) return <Ringing key={ringing.offer.offerId} ringing={ringing} />;
  return ended === null ? null : <EndedOfferNotice ended={ended} />;
}

interface RingingProps {
  readonly ringing: RingingOffer;
}

const declineReasons: readonly DeclineReason[] = [
  "technical",
  "conflict_of_interest",
  "language",
  "other",
];

function Ringing({ ringing }: RingingProps): ReactElement {
  const t = useT();
  useNow();
  const accept = useAcceptOffer();
  const decline = useDeclineOffer();
  const remainingMs = remainingMsOf(ringing, browserClock.monotonicMs());
  const seconds = Math.ceil(remainingMs / 1_000);
  const isOver = remainingMs === 0;
  useCommand("offer.accept", () => accept.mutate(ringing), !isOver && !accept.isPending);
  useCommand(
    "offer.decline",
    () => decline.mutate({ offerId: ringing.offer.offerId, reason: "other" }),
    !isOver,
  );
  useEffect(() => {
    const before = document.title;
    document.title = t("desk.ringingTitle");
    announce(t("desk.ringing"), "assertive");
    return () => {
      document.title = before;
    };
  }, [t]);
  const failed = accept.error ?? decline.error;
  return (
    <Paper
      className={classes.offer}
      component="section"
      aria-label={t("desk.ringing")}
      shadow="xl"
      withBorder
    >
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <IconBellRinging className={classes.bell} size={22} aria-hidden="true" />
            <Text fw={600}>{t("desk.ringing")}</Text>
          </Group>
          <Text fw={600} ff="monospace" aria-hidden="true">
            {clockDuration(seconds * 1_000)}
          </Text>
        </Group>
        <Progress
          value={(100 * remainingMs) / Math.max(1, ringing.offer.remainingMs)}
          color={seconds <= 5 ? "red.8" : "care"}
          aria-label={t("desk.timeLeft", { seconds })}
        />
        <OfferFacts ringing={ringing} />
        {failed !== null && (
          <Text role="alert" size="sm" c="red">
            {refusal(t, errorCode(failed))}
          </Text>
        )}
        {/* The one that is meant is the wide one, and shows its keys whole. */}
        <Group wrap="nowrap">
          <Button
            size="md"
            flex="1 0 auto"
            color="teal.9"
            leftSection={<IconPhoneIncoming size={18} aria-hidden="true" />}
            rightSection={<Keys command="offer.accept" />}
            loading={accept.isPending}
            disabled={isOver}
            onClick={() => accept.mutate(ringing)}
          >
            {t("desk.acceptOffer")}
          </Button>
          <Menu withinPortal position="bottom-end">
            <Menu.Target>
              <Button
                size="md"
                flex="0 1 auto"
                variant="default"
                disabled={isOver}
                loading={decline.isPending}
              >
                {t("desk.declineOffer")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {declineReasons.map((reason) => (
                <Menu.Item
                  key={reason}
                  onClick={() => decline.mutate({ offerId: ringing.offer.offerId, reason })}
                >
                  {t(`desk.decline.${reason}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Stack>
    </Paper>
  );
}
