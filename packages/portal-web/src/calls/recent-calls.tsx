import { Paper, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { type Answer, send } from "../api/index.ts";
import { clockDuration } from "../clock/index.ts";
import { Failure } from "../feedback/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { shownPhone } from "./shown-phone.ts";

type Calls = Answer<"listCalls">["items"];

const recentCallsQuery = queryOptions({
  queryKey: ["recent-calls"],
  queryFn: async ({ signal }): Promise<Calls> =>
    (await send("listCalls", { query: { state: "ended", limit: 10 }, background: true }, signal))
      .data.items,
});

/** The agent's last calls. */
export function RecentCalls(): ReactElement {
  const t = useT();
  const calls = useQuery(recentCallsQuery);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="recent-calls">
      <Stack gap="xs">
        <Title order={2} size="h5" id="recent-calls">
          {t("desk.recentTitle")}
        </Title>
        {calls.isPending && <Skeleton height={120} role="status" aria-label={t("shell.loading")} />}
        {calls.isError && <Failure error={calls.error} onRetry={() => void calls.refetch()} />}
        {calls.isSuccess && <RecentTable calls={calls.data} />}
      </Stack>
    </Paper>
  );
}

interface RecentTableProps {
  readonly calls: Calls;
}

function RecentTable({ calls }: RecentTableProps): ReactElement {
  const t = useT();
  const time = new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "short" });
  if (calls.length === 0) return <Text size="sm">{t("desk.recentEmpty")}</Text>;
  return (
    <Table.ScrollContainer
      minWidth={420}
      scrollAreaProps={{
        viewportProps: { tabIndex: 0, role: "group", "aria-labelledby": "recent-calls" },
      }}
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("desk.time")}</Table.Th>
            <Table.Th scope="col">{t("desk.queue")}</Table.Th>
            <Table.Th scope="col">{t("desk.callerNumber")}</Table.Th>
            <Table.Th scope="col">{t("desk.reasonOfCall")}</Table.Th>
            <Table.Th scope="col">{t("desk.duration")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {calls.map((call) => (
            <Table.Tr key={call.callId}>
              <Table.Td>{time.format(new Date(call.callStartTime))}</Table.Td>
              <Table.Td>{call.queueName}</Table.Td>
              <Table.Td>{shownPhone(call.callerPhoneNumber)}</Table.Td>
              <Table.Td>{call.reason === null ? "" : t(`desk.callReason.${call.reason}`)}</Table.Td>
              <Table.Td>
                {call.callDuration === null ? "" : clockDuration(call.callDuration * 1_000)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
