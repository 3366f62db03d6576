import { Button, Group, NativeSelect, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { announce } from "../announce/index.ts";
import type { Body } from "../api/index.ts";
import { Panel } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { keep } from "../outbox/index.ts";
import type { Call } from "./call.ts";
import { relationships } from "./codes.ts";

interface CallerFormProps {
  readonly call: Call;
}

type Caller = Body<"putCaller">;
type Relationship = Caller["relationship"];

/** Who is on the line and what they are to the patient. */
export function CallerForm({ call }: CallerFormProps): ReactElement {
  const t = useT();
  const [edited, setEdited] = useState<Caller | null>(null);
  const caller = edited ?? callerOf(call);
  const change = (part: Partial<Caller>): void => setEdited({ ...caller, ...part });
  const save = (): void => {
    keep("putCaller", {
      record: `call:${call.callId}`,
      params: { callId: call.callId },
      body: caller,
      version: call.caller?.version ?? 1,
    })
      .then(() => announce(t("desk.kept")))
      .catch(() => announce(t("outbox.storageFull"), "assertive"));
  };
  return (
    <Panel title={t("desk.caller")}>
      <Stack gap="xs">
        <TextInput
          label={t("desk.callerName")}
          value={caller.name ?? ""}
          maxLength={200}
          dir="auto"
          onChange={(event) =>
            change({ name: event.currentTarget.value === "" ? null : event.currentTarget.value })
          }
        />
        <NativeSelect
          label={t("desk.relationship")}
          value={caller.relationship}
          onChange={(event) => change(withAuthority(relationshipOf(event.currentTarget.value)))}
          data={relationships.map((value) => ({ value, label: t(`desk.relation.${value}`) }))}
        />
        {caller.safeContact !== null && caller.safeContact !== "" && edited === null && (
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
            change({
              safeContact: event.currentTarget.value === "" ? null : event.currentTarget.value,
            })
          }
        />
        <Group>
          <Button size="xs" variant="default" onClick={save} disabled={edited === null}>
            {t("desk.saveCaller")}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}

function callerOf(call: Call): Caller {
  const { caller } = call;
  if (caller === null)
    return { name: null, relationship: "unknown", authority: { kind: "none" }, safeContact: null };
  const { name, relationship, authority, safeContact } = caller;
  return { name, relationship, authority, safeContact };
}

function relationshipOf(value: string): Relationship {
  return relationships.find((each) => each === value) ?? "unknown";
}

/** A person who calls about themselves has their own authority; for anyone else it has to be established. */
function withAuthority(relationship: Relationship): Pick<Caller, "relationship" | "authority"> {
  return { relationship, authority: relationship === "self" ? { kind: "self" } : { kind: "none" } };
}
