import { Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import type { Answer } from "../api/index.ts";
import { Failure, Panel, Tag } from "../feedback/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { useOutbox } from "../outbox/index.ts";
import classes from "./desk.module.css";
import { NoteForm } from "./note-form.tsx";
import { notesQuery, type ShownNote, shownNotes, withNote } from "./notes.ts";

interface NotesPanelProps {
  readonly callId: string;
}

/** The place to write a note, which never moves, and below it the call's notes, newest first. */
export function NotesPanel({ callId }: NotesPanelProps): ReactElement {
  const t = useT();
  const queryClient = useQueryClient();
  const notes = useQuery(notesQuery(callId));
  const { items } = useOutbox();
  const shown = shownNotes(callId, notes.data?.items ?? [], items);
  const settled = (note: Answer<"addNote"> | null): void => {
    const { queryKey } = notesQuery(callId);
    // Shown at once from the answer: between the outbox and the next reading it would be gone for a moment.
    if (note !== null) queryClient.setQueryData(queryKey, (known) => withNote(known, note));
    queryClient.invalidateQueries({ queryKey }).catch(() => {});
  };
  return (
    <Panel title={t("desk.notes")}>
      <Stack gap="sm">
        <NoteForm callId={callId} serverDraft={notes.data?.draft ?? null} onSettled={settled} />
        {notes.isPending && <Skeleton height={40} role="status" aria-label={t("shell.loading")} />}
        {notes.isError && <Failure error={notes.error} onRetry={() => void notes.refetch()} />}
        {notes.isSuccess && shown.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("desk.notesEmpty")}
          </Text>
        )}
        {shown.toReversed().map((note) => (
          <NoteRow key={note.noteId} note={note} />
        ))}
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
