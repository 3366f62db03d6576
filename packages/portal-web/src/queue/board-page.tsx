import { Skeleton, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Failure } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { AgentTable } from "./agent-table.tsx";
import classes from "./board.module.css";
import { boardQuery } from "./board.ts";
import { QueueCards } from "./queue-cards.tsx";

/** The supervisor's live board. */
export function BoardPage(): ReactElement {
  const t = useT();
  const board = useQuery(boardQuery);
  return (
    <div className={classes.page}>
      <Stack gap="md">
        <Title order={1} size="h3">
          {t("shell.board")}
        </Title>
        {board.isPending && (
          <Stack role="status" aria-label={t("shell.loading")}>
            <Skeleton height={132} />
            <Skeleton height={480} />
          </Stack>
        )}
        {board.isError && <Failure error={board.error} onRetry={() => void board.refetch()} />}
        {board.data !== undefined && (
          <>
            <QueueCards queues={board.data.queues} />
            <AgentTable agents={board.data.agents} />
          </>
        )}
      </Stack>
    </div>
  );
}
