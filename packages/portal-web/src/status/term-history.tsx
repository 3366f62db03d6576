import { Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { errorCode } from "../api/index.ts";
import { Tag } from "../feedback/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { type Term, termsQuery } from "./terms.ts";

const shownTerms = 10;

/** Which region was writing since when, newest first. */
export function TermHistory(): ReactElement {
  const t = useT();
  const terms = useQuery(termsQuery);
  return (
    <Stack component="section" gap="xs">
      <Title order={2} size="h4">
        {t("status.history")}
      </Title>
      {terms.isPending && <Skeleton height={120} role="status" aria-label={t("shell.loading")} />}
      {terms.isError && (
        <Text role="alert">{t("status.historyFailed", { code: errorCode(terms.error) })}</Text>
      )}
      {terms.data !== undefined && <TermTable terms={terms.data.slice(0, shownTerms)} />}
    </Stack>
  );
}

interface TermTableProps {
  readonly terms: readonly Term[];
}

function TermTable({ terms }: TermTableProps): ReactElement {
  const t = useT();
  const format = new Intl.DateTimeFormat(currentLanguage(), {
    dateStyle: "medium",
    timeStyle: "medium",
  });
  if (terms.length === 0) return <Text c="dimmed">{t("status.historyEmpty")}</Text>;
  return (
    <Table withTableBorder>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t("status.term")}</Table.Th>
          <Table.Th scope="col">{t("status.region")}</Table.Th>
          <Table.Th scope="col">{t("status.since")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {terms.map((term, index) => (
          <Table.Tr key={term.term}>
            <Table.Td>{term.term}</Table.Td>
            <Table.Td>
              {t(`status.${term.site}`)} {index === 0 && <Tag tone="good">{t("status.now")}</Tag>}
            </Table.Td>
            <Table.Td>{format.format(new Date(term.beganAt))}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
