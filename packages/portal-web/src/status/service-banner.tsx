import type { OutboxSnapshot } from "@careline/outbox";
import { Button } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCloudOff,
  IconCloudUpload,
  IconPlayerPause,
} from "@tabler/icons-react";
import { type ReactElement, useEffect, useRef } from "react";
import { announce } from "../announce/index.ts";
import { type Translate, useT } from "../i18n/index.ts";
import { clockTime } from "./clock-time.ts";
import type { ServiceState } from "./service-state.ts";
import classes from "./status.module.css";
import { useService } from "./use-service.ts";

interface ServiceBannerProps {
  readonly outbox: OutboxSnapshot;
  /** Wall time of the last moment at which nothing waited for the other region; null when not yet seen. */
  readonly confirmedAt: Date | null;
  readonly onOpenWaiting: () => void;
}

/**
 * One row under the header that tells the truth: since when nothing can be saved, what waits here, until when
 * everything is in both regions. It keeps its height when all is well, so that no field moves under a hand.
 */
export function ServiceBanner({
  outbox,
  confirmedAt,
  onOpenWaiting,
}: ServiceBannerProps): ReactElement {
  const t = useT();
  const service = useService();
  const look = lookOf(service, outbox);
  const headline = headlineOf(service, outbox, t);
  useAnnouncedChange(service, t);
  const parts = partsOf(outbox, confirmedAt, t).filter((part) => part !== headline);
  return (
    <section
      className={`${classes.banner} ${classes[look.tone]}`}
      aria-label={t("status.bannerLabel")}
      data-state={service.kind}
    >
      <span className={classes.bannerText}>
        <look.icon size={18} aria-hidden="true" />
        <span>{headline}</span>
      </span>
      {parts.map((part) => (
        <span key={part}>{part}</span>
      ))}
      {(outbox.items.length > 0 || outbox.othersWaiting > 0) && (
        <Button size="compact-xs" variant="default" onClick={onOpenWaiting}>
          {t("status.details")}
        </Button>
      )}
    </section>
  );
}

function lookOf(
  service: ServiceState,
  outbox: OutboxSnapshot,
): { readonly tone: "good" | "warn" | "bad" | "quiet"; readonly icon: typeof IconCloudOff } {
  if (outbox.storage !== "ok" || outbox.conflicts > 0)
    return { tone: "bad", icon: IconAlertTriangle };
  if (service.kind === "unreachable") return { tone: "bad", icon: IconCloudOff };
  if (service.kind === "read-only") return { tone: "warn", icon: IconPlayerPause };
  if (outbox.waiting > 0) return { tone: "warn", icon: IconCloudUpload };
  if (isAlone(service)) return { tone: "warn", icon: IconAlertTriangle };
  return { tone: "quiet", icon: IconCircleCheck };
}

function headlineOf(service: ServiceState, outbox: OutboxSnapshot, t: Translate): string {
  if (outbox.storage === "full") return t("outbox.storageFull");
  if (outbox.storage === "unavailable") return t("outbox.storageUnavailable");
  switch (service.kind) {
    case "unreachable":
      return t("status.bannerOffline", { time: clockTime(service.since) });
    case "read-only":
      return service.ageSeconds === null
        ? t("status.bannerReadOnly", { time: clockTime(service.since) })
        : t("status.bannerEmergency", {
            time: clockTime(service.since),
            age: ageText(service.ageSeconds, t),
          });
    case "unknown":
    case "serving":
      if (outbox.waiting > 0) return t("status.sending");
      // Nothing else is said while something is known not to be saved.
      if (outbox.conflicts > 0) return t("outbox.conflicts", { count: outbox.conflicts });
      if (isAlone(service))
        return t("status.singleRegion", { time: clockTime(service.unprotectedSince) });
      return outbox.unconfirmed > 0 ? t("status.confirming") : t("status.allConfirmed");
  }
}

type Alone = Extract<ServiceState, { kind: "serving" }> & { readonly unprotectedSince: string };

function isAlone(service: ServiceState): service is Alone {
  return service.kind === "serving" && service.unprotectedSince !== null;
}

function partsOf(
  outbox: OutboxSnapshot,
  confirmedAt: Date | null,
  t: Translate,
): readonly string[] {
  const parts: string[] = [];
  if (outbox.waiting > 0) parts.push(t("status.bannerWaiting", { count: outbox.waiting }));
  if (outbox.unconfirmed > 0)
    parts.push(t("status.bannerUnconfirmed", { count: outbox.unconfirmed }));
  if (outbox.conflicts > 0) parts.push(t("outbox.conflicts", { count: outbox.conflicts }));
  if (outbox.othersWaiting > 0)
    parts.push(t("outbox.othersWaiting", { count: outbox.othersWaiting }));
  if (confirmedAt !== null && outbox.waiting + outbox.unconfirmed > 0) {
    parts.push(t("status.bannerConfirmedUntil", { time: clockTime(confirmedAt.toISOString()) }));
  }
  return parts;
}

function ageText(seconds: number, t: Translate): string {
  return seconds < 90
    ? t("status.ageSeconds", { count: Math.max(1, Math.round(seconds)) })
    : t("status.ageMinutes", { count: Math.round(seconds / 60) });
}

function useAnnouncedChange(service: ServiceState, t: Translate): void {
  const before = useRef(service.kind);
  useEffect(() => {
    const wasTroubled = before.current === "read-only" || before.current === "unreachable";
    if (before.current === service.kind) return;
    before.current = service.kind;
    if (service.kind === "serving" && wasTroubled) announce(t("status.bannerRecovered"));
    if (service.kind === "read-only") announce(t("errors.writesPaused"), "assertive");
    if (service.kind === "unreachable") announce(t("errors.unreachable"), "assertive");
  }, [service, t]);
}
