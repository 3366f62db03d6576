import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { Failure } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import classes from "./follow-ups.module.css";
import { originalNotesQuery } from "./tasks.ts";

interface OriginalNotesProps {
  readonly callId: string;
}

/** What was written during the first call; read, and so audited, only when somebody looks. */
export function OriginalNotes({ callId }: OriginalNotesProps): ReactElement {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  const notes = useQuery({ ...originalNotesQuery(callId), enabled: isOpen });
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={classes.summary}>{t("followUps.originalNotes")}</summary>
      {isOpen && notes.isPending && (
        <Skeleton height={48} role="status" aria-label={t("shell.loading")} />
      )}
      {notes.isError && <Failure error={notes.error} onRetry={() => void notes.refetch()} />}
      {notes.data?.length === 0 && <Text size="sm">{t("followUps.noNotes")}</Text>}
      {notes.data?.map((note) => (
        <Text key={note.noteId} size="sm" className={classes.note} dir="auto">
          {note.noteText}
        </Text>
      ))}
    </details>
  );
}
