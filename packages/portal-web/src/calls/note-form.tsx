import { hasCardNumber } from "@careline/portal-contract/patients/card-numbers.ts";
import { Button, Group, NativeSelect, Stack, Text, Textarea } from "@mantine/core";
import { type KeyboardEvent, type ReactElement, useRef, useState } from "react";
import { announce } from "../announce/index.ts";
import { type Answer, wordsOf } from "../api/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { keep, newRecordId, useDraft } from "../outbox/index.ts";
import { useCommand } from "../shortcuts/index.ts";
import { noteTypes } from "./codes.ts";
import { emptyNoteDraft, isNoteDraft, type NoteDraft } from "./note-draft.ts";
import type { Notes } from "./notes.ts";
import { useRestoredDraft } from "./use-restored-draft.ts";
import { useServerDraft } from "./use-server-draft.ts";

type Note = Answer<"addNote">;

interface NoteFormProps {
  readonly callId: string;
  readonly serverDraft: Notes["draft"];
  /** The note as the service has it; null when it was refused or discarded. */
  readonly onSettled: (note: Note | null) => void;
}

/** Writes a note. Each pause in typing lies sealed on this computer, and at the service when it can be reached. */
export function NoteForm({ callId, serverDraft, onSettled }: NoteFormProps): ReactElement {
  const t = useT();
  const draft = useDraft(`note:${callId}`, emptyNoteDraft, isNoteDraft);
  const [problem, setProblem] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useCommand("note.write", () => field.current?.focus());
  useServerDraft(callId, draft.content, draft.isReady);
  const { noteType, noteText, revision } = draft.content;
  const change = (part: Partial<NoteDraft>): void =>
    draft.change({ ...draft.content, ...part, revision: revision + 1 });

  useRestoredDraft(draft, serverDraft);

  const add = (): void => {
    const text = wordsOf(noteText);
    if (text === "") return;
    if (hasCardNumber(text)) {
      setProblem(t("desk.cardNumber"));
      return;
    }
    setProblem(null);
    const noteId = newRecordId();
    keep("addNote", {
      record: `call:${callId}`,
      params: { callId },
      body: { noteId, noteType, noteText: text },
    })
      .then((kept) => {
        draft.clear();
        announce(t("desk.noteKept"));
        return kept.outcome(new AbortController().signal);
      })
      .then((outcome) =>
        // The answer of addNote is the note, as the contract says.
        onSettled(outcome.kind === "acknowledged" ? (outcome.answer.body as Note) : null),
      )
      .catch(() => setProblem(t("outbox.storageFull")));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      add();
    }
  };
  return (
    <Stack gap="xs">
      <Textarea
        ref={field}
        label={t("desk.writeNote")}
        description={t("desk.noteHint")}
        autosize
        minRows={4}
        maxRows={14}
        maxLength={20_000}
        dir="auto"
        value={noteText}
        disabled={!draft.isReady}
        error={problem}
        onChange={(event) => change({ noteText: event.currentTarget.value })}
        onKeyDown={onKeyDown}
      />
      <Group justify="space-between" gap="xs">
        <NativeSelect
          aria-label={t("desk.noteTypeLabel")}
          value={noteType}
          data={noteTypes.map((value) => ({ value, label: t(`desk.noteType.${value}`) }))}
          onChange={(event) =>
            change({
              noteType: noteTypes.find((each) => each === event.currentTarget.value) ?? "general",
            })
          }
        />
        <DraftState savedAt={draft.savedAt} wasRestored={draft.wasRestored} />
        <Button onClick={add} disabled={wordsOf(noteText) === ""}>
          {t("desk.addNote")}
        </Button>
      </Group>
    </Stack>
  );
}

interface DraftStateProps {
  readonly savedAt: Date | null;
  readonly wasRestored: boolean;
}

function DraftState({ savedAt, wasRestored }: DraftStateProps): ReactElement {
  const t = useT();
  const time = new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "medium" });
  // Its place is kept while it says nothing, so that nothing beside it moves.
  return (
    <Text size="xs" c="dimmed" flex={1} ta="end">
      {savedAt !== null && t("desk.draftSaved", { time: time.format(savedAt) })}
      {savedAt === null && wasRestored && t("desk.draftRestored")}
    </Text>
  );
}
