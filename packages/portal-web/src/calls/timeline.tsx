import { Accordion, Skeleton, Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { type Answer, send } from "../api/index.ts";
import { Failure } from "../feedback/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import classes from "./desk.module.css";

type Entries = Answer<"readTimeline">["items"];

const timelineQuery = (callId: string) =>
  queryOptions({
    queryKey: ["timeline", callId],
    queryFn: async ({ signal }): Promise<Entries> =>
      (await send("readTimeline", { params: { callId }, background: true }, signal)).data.items,
  });

interface TimelineProps {
  readonly callId: string;
}

/** What happened on this call, newest first. */
export function Timeline({ callId }: TimelineProps): ReactElement {
  const t = useT();
  const timeline = useQuery(timelineQuery(callId));
  return (
    <Accordion variant="separated" order={2} defaultValue="timeline">
      <Accordion.Item value="timeline">
        <Accordion.Control>{t("desk.timeline")}</Accordion.Control>
        <Accordion.Panel>
          {timeline.isPending && <Skeleton height={80} />}
          {timeline.isError && (
            <Failure error={timeline.error} onRetry={() => void timeline.refetch()} />
          )}
          {timeline.isSuccess && <TimelineList entries={timeline.data.toReversed()} />}
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

interface TimelineListProps {
  readonly entries: Entries;
}

function TimelineList({ entries }: TimelineListProps): ReactElement {
  const t = useT();
  const time = new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "medium" });
  if (entries.length === 0) return <Text size="sm">{t("desk.timelineEmpty")}</Text>;
  return (
    <ul className={classes.timeline}>
      {entries.map((entry) => (
        <li key={entry.entryId}>
          <time className={classes.time} dateTime={entry.at}>
            {time.format(new Date(entry.at))}
          </time>
          <span>{t(`desk.event.${entry.kind}`)}</span>
        </li>
      ))}
    </ul>
  );
}
