import { Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { clockDuration, sinceMs, useNow } from "../clock/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import classes from "./board.module.css";
import type { BoardQueue } from "./board.ts";

interface QueueCardsProps {
  readonly queues: readonly BoardQueue[];
}

/** Each queue with waiting calls, longest wait and service level; the one that waits longest first. */
export function QueueCards({ queues }: QueueCardsProps): ReactElement {
  const t = useT();
  const sorted = queues.toSorted(
    (a, b) =>
      (a.longestWaitSince ?? "9").localeCompare(b.longestWaitSince ?? "9") ||
      a.name.localeCompare(b.name),
  );
  return (
    <section aria-labelledby="board-queues">
      <Title order={2} size="h5" mb="xs" id="board-queues">
        {t("board.queues")}
      </Title>
      {queues.length === 0 && <Text c="dimmed">{t("board.noQueues")}</Text>}
      <div className={classes.queues}>
        {sorted.map((queue) => (
          <QueueCard key={queue.queueId} queue={queue} />
        ))}
      </div>
    </section>
  );
}

interface QueueCardProps {
  readonly queue: BoardQueue;
}

function QueueCard({ queue }: QueueCardProps): ReactElement {
  const t = useT();
  const now = useNow();
  const waitMs = queue.longestWaitSince === null ? null : sinceMs(queue.longestWaitSince, now);
  const isLate = waitMs !== null && waitMs > queue.serviceLevelGoal.seconds * 1_000;
  const level = queue.serviceLevelPercent;
  const isBelow = level !== null && level < queue.serviceLevelGoal.percent;
  const percent = new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: 0 });
  return (
    <article className={`${classes.queue} ${isLate ? classes.late : ""}`} aria-label={queue.name}>
      <h3 className={classes.queueName}>{queue.name}</h3>
      <dl className={classes.figures}>
        <Figure name={t("board.waiting")} value={String(queue.waiting)} isBig />
        <Figure
          name={t("board.longestWait")}
          value={waitMs === null ? "–" : clockDuration(waitMs)}
          isBig
          warning={isLate ? t("board.beyondGoal") : null}
        />
        <Figure name={t("board.ringing")} value={String(queue.ringing)} />
        <Figure name={t("board.connected")} value={String(queue.connected)} />
        <Figure name={t("board.answered")} value={String(queue.answeredToday)} />
        <Figure name={t("board.abandoned")} value={String(queue.abandonedToday)} />
      </dl>
      <p className={`${classes.level} ${isBelow ? classes.bad : classes.good}`}>
        {isBelow ? (
          <IconAlertTriangle size={15} aria-hidden="true" />
        ) : (
          <IconCircleCheck size={15} aria-hidden="true" />
        )}
        {level === null
          ? t("board.levelNone")
          : t("board.level", {
              level: percent.format(level),
              goal: queue.serviceLevelGoal.percent,
              seconds: queue.serviceLevelGoal.seconds,
            })}
      </p>
    </article>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly isBig?: boolean;
  /** What is wrong with it, beside the colour. */
  readonly warning?: string | null;
}

function Figure({ name, value, isBig = false, warning = null }: FigureProps): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={`${isBig ? classes.big : ""} ${warning === null ? "" : classes.bad}`}>
        {value}
        {warning !== null && <IconAlertTriangle size={18} role="img" aria-label={warning} />}
      </dd>
    </div>
  );
}
