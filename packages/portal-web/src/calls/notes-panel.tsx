import { Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Failure, Panel, Tag } from "../feedback/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { useOutbox } from "../outbox/index.ts";
import classes from "./desk.module.css";
import { NoteForm } from "./note-form.tsx";
import { notesQuery, type ShownNote, shownNotes } from "./notes.ts";

interface NotesPanelProps {
  readonly callId: string;
}

/** The call's notes and the place to write one. */
export function NotesPanel({ callId }: NotesPanelProps): ReactElement {
  const t = useT();
  const queryClient = useQueryClient();
  const notes = useQuery(notesQuery(callId));
  const { items } = useOutbox();
  const shown = shownNotes(callId, notes.data?.items ?? [], items);
  const readAgain = (): void => void queryClient.invalidateQueries({ queryKey: ["notes", callId] });
  return (
    <Panel title={t("desk.notes")}>
      <Stack gap="sm">
        {notes.isPending && <Skeleton height={40} role="status" aria-label={t("shell.loading")} />}
        {notes.isError && <Failure error={notes.error} onRetry={() => void notes.refetch()} />}
        {notes.isSuccess && shown.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("desk.notesEmpty")}
          </Text>
        )}
        {shown.map((note) => (
          <NoteRow key={note.noteId} note={note} />
        ))}
        <NoteForm callId={callId} serverDraft={notes.data?.draft ?? null} onKept={readAgain} />
      </Stack>
    </Panel>
  );
}

interface NoteRowProps {
  readonly note: ShownNote;
}

function NoteRow({ note }: NoteRowProps): ReactElement {
  const t = useT();
  const time = new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "short" }).format(
    new Date(note.at),
  );
  return (
    <article className={`${classes.note} ${note.isWaiting ? classes.waiting : ""}`}>
      <Group gap="xs">
        <Tag tone="calm">{t(`desk.noteType.${note.noteType}`)}</Tag>
        <Text size="xs" c="dimmed">
          {[time, note.author].filter(Boolean).join(" · ")}
          {note.isWaiting && ` · ${t("outbox.queued")}`}
        </Text>
      </Group>
      <Text size="sm" className={classes.text} dir="auto">
        {note.noteText}
      </Text>
    </article>
  );
}
