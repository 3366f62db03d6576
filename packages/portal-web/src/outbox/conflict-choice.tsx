import type { OutboxItem } from "@careline/outbox";
import { Button, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useT } from "../i18n/index.ts";
import { currentWorkspace } from "./current-workspace.ts";
import classes from "./outbox.module.css";
import { plainVersion, theirVersion } from "./versions.ts";

interface ConflictChoiceProps {
  readonly item: OutboxItem;
}

/** Both versions of a refused write side by side; the person alone decides which one stays. */
export function ConflictChoice({ item }: ConflictChoiceProps): ReactElement {
  const t = useT();
  const [isSure, setSure] = useState(false);
  const answer = item.state.kind === "conflict" ? item.state.answer : null;
  const theirs = theirVersion(answer?.body);
  const outbox = currentWorkspace()?.outbox;
  const sendMine = (): void => {
    const ifMatch = theirs.version === null ? item.write?.ifMatch : `"${theirs.version}"`;
    outbox
      ?.replace(item.id, { body: item.write?.body, ...(ifMatch === undefined ? {} : { ifMatch }) })
      .catch(() => {});
  };
  const discard = (): void => {
    if (isSure) outbox?.discard(item.id).catch(() => {});
    else setSure(true);
  };
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, sm: theirs.content === null ? 1 : 2 }}>
        {item.write !== null && (
          <Version title={t("outbox.mine")} text={plainVersion(item.write.body)} />
        )}
        {theirs.content !== null && (
          <Version title={t("outbox.theirs")} text={plainVersion(theirs.content)} />
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
