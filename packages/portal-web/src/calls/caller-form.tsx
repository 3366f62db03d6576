import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useRef, useState } from "react";
import { announce } from "../announce/index.ts";
import { Panel } from "../feedback/index.ts";
import { ChoiceField, TextLine } from "../fields/index.ts";
import { useT } from "../i18n/index.ts";
import { keep } from "../outbox/index.ts";
import { useCommand } from "../shortcuts/index.ts";
import { AuthorityFields } from "./authority-fields.tsx";
import type { Call } from "./call.ts";
import { type EditedCaller, editFor, isComplete, withRelationship } from "./caller-edit.ts";
import { relationships } from "./codes.ts";

interface CallerFormProps {
  readonly call: Call;
  /** The patient on the screen: relationship and authority are about them. */
  readonly patientId: string | null;
}

/** Who is on the line, what they are to the patient, and what gives them a right to hear about them. */
export function CallerForm({ call, patientId }: CallerFormProps): ReactElement {
  const t = useT();
  const { caller, isEdited, isKept, change, save } = useCallerEdit(call, patientId);
  const relationship = useRef<HTMLSelectElement>(null);
  useCommand("caller.edit", () => relationship.current?.focus());
  useCommand("caller.is-patient", () => save(withRelationship(caller, "self")));
  const about = call.patients.find((each) => each.patientId === patientId);
  return (
    <Panel title={t("desk.caller")}>
      <Stack gap="xs">
        <TextLine
          label={t("desk.callerName")}
          value={caller.name}
          lengthMax={200}
          onType={(name) => change({ ...caller, name })}
        />
        <ChoiceField
          fieldRef={relationship}
          label={
            call.patients.length > 1 && about !== undefined
              ? t("desk.relationshipTo", { name: about.displayName })
              : t("desk.relationship")
          }
          value={caller.relationship}
          codes={relationships}
          nameOf={(each) => t(`desk.relation.${each}`)}
          onChoose={(each) => change(withRelationship(caller, each ?? "unknown"))}
        />
        <AuthorityFields
          relationship={caller.relationship}
          authority={caller.authority}
          onChange={(authority) => change({ ...caller, authority })}
        />
        {caller.safeContact !== null && caller.safeContact !== "" && !isEdited && (
          <Text size="sm" fw={600} c="red">
            {t("desk.safeContactNow", { text: caller.safeContact })}
          </Text>
        )}
        <Textarea
          label={t("desk.safeContact")}
          description={t("desk.safeContactText")}
          autosize
          minRows={1}
          maxRows={4}
          maxLength={500}
          dir="auto"
          value={caller.safeContact ?? ""}
          onChange={(event) =>
            change({ ...caller, safeContact: textOrNull(event.currentTarget.value) })
          }
        />
        <Group justify="space-between">
          <Text size="xs" c="dimmed" role="status">
            {isKept && t("desk.kept")}
          </Text>
          <Button
            size="xs"
            variant="default"
            onClick={() => save(caller)}
            disabled={!isEdited || isKept || !isComplete(caller)}
          >
            {t("desk.saveCaller")}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}

interface CallerEdit {
  readonly caller: EditedCaller;
  readonly isEdited: boolean;
  /** Everything that was typed lies in the outbox; the service's answer is still to come. */
  readonly isKept: boolean;
  readonly change: (caller: EditedCaller) => void;
  readonly save: (caller: EditedCaller) => void;
}

/** What was typed stays on the screen until the service has it; then the screen shows what the service holds. */
function useCallerEdit(call: Call, patientId: string | null): CallerEdit {
  const t = useT();
  const queryClient = useQueryClient();
  const [edited, setEdited] = useState<EditedCaller | null>(null);
  const [kept, setKept] = useState<EditedCaller | null>(null);
  const caller = editFor(edited, call, patientId);
  const save = (said: EditedCaller): void => {
    setEdited(said);
    keep("putCaller", {
      record: `caller:${call.callId}`,
      params: { callId: call.callId },
      body: said,
      version: call.caller?.version ?? 1,
      followsPrevious: true,
    })
      .then((write) => {
        setKept(said);
        announce(t("desk.kept"));
        return write.outcome(new AbortController().signal);
      })
      .then(async () => {
        await queryClient.invalidateQueries({ queryKey: ["current-calls"] });
        // What may be said about the patient follows from it.
        queryClient.invalidateQueries({ queryKey: ["patient"] }).catch(() => {});
        setEdited((now) => (now === said ? null : now));
        setKept((now) => (now === said ? null : now));
      })
      .catch(() => announce(t("outbox.storageFull"), "assertive"));
  };
  const isKept = kept !== null && kept === edited;
  return { caller, isEdited: edited !== null, isKept, change: setEdited, save };
}

function textOrNull(text: string): string | null {
  return text === "" ? null : text;
}
