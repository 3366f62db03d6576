import { Button, Group, Paper, Stack, Text } from "@mantine/core";
import { type ReactElement, useEffect } from "react";
import { useSetPresence } from "../agents/index.ts";
import { announce } from "../announce/index.ts";
import { useT } from "../i18n/index.ts";
import classes from "./offer.module.css";
import { dismissOffer, type EndedOffer } from "./offer-store.ts";

interface EndedOfferNoticeProps {
  readonly ended: EndedOffer;
}

/** Says why a call stopped ringing here, and how to be offered calls again. */
export function EndedOfferNotice({ ended }: EndedOfferNoticeProps): ReactElement {
  const t = useT();
  const setPresence = useSetPresence();
  const text = ended.outcome === "missed" ? t("desk.offerMissed") : t("desk.offerWithdrawn");
  useEffect(() => announce(text), [text]);
  return (
    <Paper
      className={classes.offer}
      component="section"
      aria-label={t("desk.offerEnded")}
      shadow="xl"
      withBorder
    >
      <Stack gap="sm">
        <Text fw={600}>{t("desk.offerEnded")}</Text>
        <Text size="sm">{text}</Text>
        <Group>
          {ended.outcome === "missed" && (
            <Button
              size="xs"
              loading={setPresence.isPending}
              onClick={() =>
                setPresence.mutate({ state: "available" }, { onSuccess: dismissOffer })
              }
            >
              {t("desk.availableAgain")}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={dismissOffer}>
            {t("shell.close")}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
