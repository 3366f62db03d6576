import type { OutboxItem } from "@careline/outbox";
import { Button, Group, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { Failure } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { currentWorkspace } from "./current-workspace.ts";
import { fieldText } from "./field-texts.ts";
import classes from "./outbox.module.css";
import { readTheirVersion } from "./their-version.ts";
import { currentVersionOf, plainVersion } from "./versions.ts";

interface ConflictChoiceProps {
  readonly item: OutboxItem;
}

/** Both versions of a refused write side by side; the person alone decides which one stays. */
export function ConflictChoice({ item }: ConflictChoiceProps): ReactElement {
  const t = useT();
  const [isSure, setSure] = useState(false);
  const { write } = item;
  const answer = item.state.kind === "conflict" ? item.state.answer : null;
  const named = currentVersionOf(answer?.body);
  const theirs = useQuery({
    queryKey: ["their-version", item.id, named],
    queryFn: ({ signal }) => (write === null ? null : readTheirVersion(write, signal)),
    enabled: named !== null,
  });
  const outbox = currentWorkspace()?.outbox;
  const nameOf = (path: string): string => {
    const text = fieldText(path);
    return text === null ? path : t(text);
  };
  const sendMine = (): void => {
    // On top of what the person has just compared with.
    const version = theirs.data?.version ?? named;
    const ifMatch = version === null ? write?.ifMatch : `"${version}"`;
    outbox
      ?.replace(item.id, { body: write?.body, ...(ifMatch === undefined ? {} : { ifMatch }) })
      .catch(() => {});
  };
  const discard = (): void => {
    if (isSure) outbox?.discard(item.id).catch(() => {});
    else setSure(true);
  };
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, sm: named === null ? 1 : 2 }}>
        {write !== null && (
          <Version title={t("outbox.mine")} text={plainVersion(write.body, nameOf)} />
        )}
        {theirs.isFetching && (
          <Skeleton height={48} role="status" aria-label={t("shell.loading")} />
        )}
        {theirs.isError && <Failure error={theirs.error} onRetry={() => void theirs.refetch()} />}
        {theirs.isSuccess && !theirs.isFetching && theirs.data !== null && (
          <Version title={t("outbox.theirs")} text={plainVersion(theirs.data.content, nameOf)} />
        )}
      </SimpleGrid>
      <Group gap="xs">
        {item.state.kind === "conflict" && (
          <Button size="xs" onClick={sendMine}>
            {t("outbox.sendMine")}
          </Button>
        )}
        <Button size="xs" variant="default" onClick={discard}>
          {isSure ? t("outbox.discardConfirm") : t("outbox.discard")}
        </Button>
      </Group>
    </Stack>
  );
}

interface VersionProps {
  readonly title: string;
  readonly text: string;
}

function Version({ title, text }: VersionProps): ReactElement {
  return (
    <div>
      <Text size="xs" fw={600}>
        {title}
      </Text>
      <p className={classes.version} dir="auto">
        {text}
      </p>
    </div>
  );
}
