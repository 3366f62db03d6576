import { Paper, Stack, Text, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { type Answer, send } from "../api/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";

type Missed = Answer<"listMissedOffers">["items"];

/** Calls that rang at this agent and were not answered. */
export const missedOffersQuery = queryOptions({
  queryKey: ["missed-offers"],
  queryFn: async ({ signal }): Promise<Missed> =>
    (await send("listMissedOffers", { background: true }, signal)).data.items,
});

/** Calls that rang here and were not answered, each with its reason. Nothing at all when there were none. */
export function MissedOffers(): ReactElement | null {
  const t = useT();
  const { data } = useQuery(missedOffersQuery);
  const time = new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "short" });
  if (data === undefined || data.length === 0) return null;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="missed-offers">
      <Stack gap="xs">
        <Title order={2} size="h5" id="missed-offers">
          {t("desk.missedTitle")}
        </Title>
        {data.map((offer) => (
          <Text key={offer.offerId} size="sm">
            {time.format(new Date(offer.offeredAt))} · {offer.queueName ?? t("desk.call")} ·{" "}
            {t(`desk.missedBecause.${offer.because}`)}
          </Text>
        ))}
      </Stack>
    </Paper>
  );
}
