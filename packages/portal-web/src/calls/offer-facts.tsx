import { Text } from "@mantine/core";
import type { ReactElement } from "react";
import { clockDuration } from "../clock/index.ts";
import { useT } from "../i18n/index.ts";
import { languageName } from "./language-name.ts";
import classes from "./offer.module.css";
import type { RingingOffer } from "./offer-store.ts";
import { shownPhone } from "./shown-phone.ts";

interface OfferFactsProps {
  readonly ringing: RingingOffer;
}

/** Who calls, for whom, in which language, and how long they have waited. */
export function OfferFacts({ ringing }: OfferFactsProps): ReactElement {
  const t = useT();
  const { details } = ringing;
  if (details === null) return <Text size="sm">{t("desk.offerAfterReload")}</Text>;
  const facts = [
    [t("desk.callerNumber"), shownPhone(details.callerPhoneNumber) ?? t("desk.numberHidden")],
    [
      t("desk.queue"),
      [details.programmeName, details.queueName].filter((name) => name !== null).join(" · "),
    ],
    [t("desk.callLanguage"), languageName(details.language)],
    [t("desk.statedReason"), details.statedReason ?? t("desk.notStated")],
    [t("desk.waited"), clockDuration(details.waitedMs)],
  ] as const;
  return (
    <>
      {details.origin !== "queue" && (
        <Text size="sm" fw={600}>
          {t(`desk.origin.${details.origin}`)}
        </Text>
      )}
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name} className={classes.fact}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
