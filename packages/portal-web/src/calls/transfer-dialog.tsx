import { Button, Group, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { type Colleague, colleaguesQuery, PresenceBadge } from "../agents/index.ts";
import { type Body, errorCode } from "../api/index.ts";
import { Dialog, Failure } from "../feedback/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import { languageName } from "./language-name.ts";

interface TransferDialogProps {
  readonly onClose: () => void;
  readonly onChoose: (body: Body<"transferCall">) => void;
  readonly error: Error | null;
  readonly isBusy: boolean;
}

/** Chooses a colleague, and whether to talk to them first (warm) or hand over at once (blind). */
export function TransferDialog({
  onClose,
  onChoose,
  error,
  isBusy,
}: TransferDialogProps): ReactElement {
  const t = useT();
  const [search, setSearch] = useState("");
  const colleagues = useQuery(colleaguesQuery);
  const wanted = search.trim().toLocaleLowerCase();
  const shown = (colleagues.data ?? []).filter((each) =>
    each.displayName.toLocaleLowerCase().includes(wanted),
  );
  return (
    <Dialog title={t("desk.transferTo")} size="lg" onClose={onClose}>
      <Stack>
        <TextInput
          data-autofocus
          label={t("desk.findColleague")}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {error !== null && (
          <Text role="alert" size="sm" c="red">
            {refusal(t, errorCode(error))}
          </Text>
        )}
        {colleagues.isPending && (
          <Skeleton height={160} role="status" aria-label={t("shell.loading")} />
        )}
        {colleagues.isError && (
          <Failure error={colleagues.error} onRetry={() => void colleagues.refetch()} />
        )}
        {colleagues.isSuccess && shown.length === 0 && <Text>{t("desk.noColleague")}</Text>}
        <Stack gap="xs">
          {shown.map((colleague) => (
            <ColleagueRow
              key={colleague.agentId}
              colleague={colleague}
              onChoose={onChoose}
              isBusy={isBusy}
            />
          ))}
        </Stack>
      </Stack>
    </Dialog>
  );
}

interface ColleagueRowProps {
  readonly colleague: Colleague;
  readonly onChoose: TransferDialogProps["onChoose"];
  readonly isBusy: boolean;
}

function ColleagueRow({ colleague, onChoose, isBusy }: ColleagueRowProps): ReactElement {
  const t = useT();
  const isFree = colleague.state === "available";
  const languages = colleague.languages.map(languageName).join(", ");
  const choose = (kind: "warm" | "blind") => () => onChoose({ kind, toAgentId: colleague.agentId });
  return (
    <Group justify="space-between" wrap="wrap" gap="xs">
      <div>
        <Text fw={500}>{colleague.displayName}</Text>
        <Text size="xs" c="dimmed">
          {[colleague.teamName, languages].filter(Boolean).join(" · ")}
        </Text>
      </div>
      <Group gap="xs">
        <PresenceBadge state={colleague.state} />
        <Button
          size="xs"
          disabled={!isFree || isBusy}
          onClick={choose("warm")}
          aria-label={t("desk.warmTo", { name: colleague.displayName })}
        >
          {t("desk.warm")}
        </Button>
        <Button
          size="xs"
          variant="default"
          disabled={!isFree || isBusy}
          onClick={choose("blind")}
          aria-label={t("desk.blindTo", { name: colleague.displayName })}
        >
          {t("desk.blind")}
        </Button>
      </Group>
    </Group>
  );
}
