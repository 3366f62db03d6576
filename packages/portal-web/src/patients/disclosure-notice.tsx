import { Button, Group, Text } from "@mantine/core";
import { type ReactElement, useRef } from "react";
import { Notice, useLostFocus } from "../feedback/index.ts";
import { currentLanguage, type Translate, useT } from "../i18n/index.ts";
import { runCommand } from "../shortcuts/index.ts";
import type { PatientCard } from "./patient-queries.ts";

interface DisclosureNoticeProps {
  readonly disclosure: PatientCard["disclosure"];
  /** Something said of the caller waits to be sent. */
  readonly isSaidWaiting: boolean;
}

/** What may be said to whoever is on the line, where it is less than everything. */
export function DisclosureNotice({
  disclosure,
  isSaidWaiting,
}: DisclosureNoticeProps): ReactElement | null {
  const t = useT();
  const { because, scope, until } = disclosure;
  switch (because) {
    case "unverified":
    case "patient":
    case "no_caller":
      return null;
    case "caller_unknown":
      return isSaidWaiting ? (
        <Notice tone="calm" role="status" title={t("patients.disclosure.saidWaits")}>
          {t("patients.disclosure.saidWaitsText")}
        </Notice>
      ) : (
        <WhoIsCalling />
      );
    case "treating_professional":
      return (
        <Notice tone="calm" title={t("patients.disclosure.professional")}>
          {t("patients.disclosure.professionalText")}
        </Notice>
      );
    case "representative":
      return (
        <Notice
          tone="calm"
          title={t(`patients.disclosure.representative.${scope === "none" ? "scheduling" : scope}`)}
        >
          {until === null
            ? t("patients.disclosure.representativeText")
            : t("patients.disclosure.representativeUntil", { day: dayOf(until) })}
        </Notice>
      );
    case "no_authority":
    case "expired":
      return <NothingToSay because={because} until={until} t={t} />;
  }
}

/** The same in a few words, where nothing has to be minded. */
export function quietDisclosure(
  because: PatientCard["disclosure"]["because"],
  t: Translate,
): string | null {
  switch (because) {
    case "patient":
      return t("patients.disclosure.patient");
    case "no_caller":
      return t("patients.disclosure.noCaller");
    case "unverified":
    case "caller_unknown":
    case "treating_professional":
    case "representative":
    case "no_authority":
    case "expired":
      return null;
  }
}

/**
 * Both identifiers match; who says them is still to be said. The keyboard is on the question and not on an answer:
 * the Enter that sent the identifiers, held or pressed twice, would give it for the caller.
 */
function WhoIsCalling(): ReactElement {
  const t = useT();
  const question = useRef<HTMLParagraphElement>(null);
  useLostFocus(question);
  return (
    <Notice tone="warn" role="alert" title={t("patients.disclosure.whoTitle")} titleRef={question}>
      <Text size="sm" mb={6}>
        {t("patients.disclosure.whoText")}
      </Text>
      <Group gap="xs">
        <Button size="xs" onClick={() => runCommand("caller.is-patient")}>
          {t("patients.disclosure.thePatient")}
        </Button>
        <Button size="xs" variant="default" onClick={() => runCommand("caller.edit")}>
          {t("patients.disclosure.somebodyElse")}
        </Button>
      </Group>
    </Notice>
  );
}

interface NothingToSayProps {
  readonly because: "no_authority" | "expired";
  readonly until: string | null;
  readonly t: Translate;
}

function NothingToSay({ because, until, t }: NothingToSayProps): ReactElement {
  return (
    <Notice tone="bad" role="alert" title={t("patients.disclosure.none")}>
      <Text size="sm" mb={6}>
        {because === "expired"
          ? t("patients.disclosure.expiredText", { day: until === null ? "—" : dayOf(until) })
          : t("patients.disclosure.noneText")}
      </Text>
      <Button size="xs" variant="default" onClick={() => runCommand("caller.edit")}>
        {t("patients.disclosure.establish")}
      </Button>
    </Notice>
  );
}

/** A calendar day in words; it has no zone. */
function dayOf(day: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "long", timeZone: "UTC" }).format(
    new Date(day),
  );
}
