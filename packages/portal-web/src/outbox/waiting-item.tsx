import type { OutboxItem } from "@careline/outbox";
import { Card, Group, Stack, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { Tag } from "../feedback/index.ts";
import { currentLanguage, type Translate, useT } from "../i18n/index.ts";
import { ConflictChoice } from "./conflict-choice.tsx";
import { itemKind } from "./item-kind.ts";

interface WaitingItemProps {
  readonly item: OutboxItem;
}

export function WaitingItem({ item }: WaitingItemProps): ReactElement {
  const t = useT();
  const kind = item.write === null ? "other" : itemKind(item.write.path);
  const time = new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "medium" });
  const needsPerson = item.state.kind === "conflict" || item.state.kind === "unreadable";
  return (
    <Card withBorder padding="sm">
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Text fw={600}>{t(`outbox.kind.${kind}`)}</Text>
          <Tag tone={needsPerson ? "bad" : "calm"}>{stateText(item, t)}</Tag>
        </Group>
        <Text size="xs" c="dimmed">
          {time.format(new Date(item.createdAt))}
          {item.attempts > 0 && ` · ${t("outbox.attempts", { count: item.attempts })}`}
          {item.replays > 0 && ` · ${t("outbox.replayed")}`}
          {item.keptIn === "memory" && ` · ${t("outbox.memory")}`}
        </Text>
        {needsPerson && <ConflictChoice item={item} />}
      </Stack>
    </Card>
  );
}

function stateText(item: OutboxItem, t: Translate): string {
  const { state } = item;
  switch (state.kind) {
    case "queued":
      return t("outbox.queued");
    case "sending":
      return t("outbox.sending");
    case "acknowledged":
      return state.answer.durability === "single-region"
        ? t("outbox.acknowledgedSingle")
        : t("outbox.acknowledged");
    case "conflict":
      return t("outbox.conflict", { code: state.answer.code ?? state.answer.status });
    case "unreadable":
      return t("outbox.unreadable");
  }
}
