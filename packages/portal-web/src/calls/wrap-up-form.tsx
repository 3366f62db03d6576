import type { CallReason, WrapUp } from "@careline/portal-contract/calls/index.ts";
import { Button, Checkbox, NativeSelect, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type ReactElement, useRef } from "react";
import { clockDuration, useNow } from "../clock/index.ts";
import { Panel } from "../feedback/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import { useDraft } from "../outbox/index.ts";
import { Keys, useCommand } from "../shortcuts/index.ts";
import type { Call } from "./call.ts";
import { callReasons } from "./codes.ts";
import classes from "./desk.module.css";
import { useProgrammeOf } from "./programmes.ts";
import { useCloseCall } from "./use-close-call.ts";
import { useWrapUpAutosave } from "./use-wrap-up-autosave.ts";
import { type CloseBlock, closeBlocks, localDay, readDay } from "./wrap-up.ts";

type Edited = Partial<WrapUp>;
const nothingEdited: Edited = {};

function isEdited(stored: unknown): stored is Edited {
  return typeof stored === "object" && stored !== null;
}

interface WrapUpFormProps {
  readonly call: Call;
}

/** Why they called and how it ended; saved as it is typed, and the way to close the call. */
export function WrapUpForm({ call }: WrapUpFormProps): ReactElement {
  const t = useT();
  const { queue } = useProgrammeOf(call);
  const draft = useDraft(`wrap-up:${call.callId}`, nothingEdited, isEdited);
  const first = useRef<HTMLSelectElement>(null);
  const closing = useCloseCall(call.callId, draft.clear);
  const wrapUp: WrapUp = { ...call.wrapUp, ...draft.content };
  useWrapUpAutosave(call.callId, wrapUp, draft.isReady && draft.content !== nothingEdited);
  const change = (part: Edited): void => draft.change({ ...draft.content, ...part });
  const blocks = closeBlocks(call, wrapUp, queue?.isWrapUpCodeRequired ?? false);
  const close = (): void => closing.close(wrapUp);
  useCommand("call.wrap-up", () => (blocks.length === 0 ? close() : first.current?.focus()));

  return (
    <Panel title={t("desk.wrapUp")} aside={<WrapUpTimer call={call} />}>
      <Stack gap="xs">
        <NativeSelect
          ref={first}
          label={t("desk.reasonOfCall")}
          value={wrapUp.reason ?? ""}
          data={[
            { value: "", label: t("desk.choose") },
            ...callReasons.map((value) => ({ value, label: t(`desk.callReason.${value}`) })),
          ]}
          onChange={(event) => change({ reason: reasonOf(event.currentTarget.value) })}
        />
        <NativeSelect
          label={t("desk.wrapUpCode")}
          value={wrapUp.code ?? ""}
          data={[
            { value: "", label: t("desk.choose") },
            ...(queue?.wrapUpCodes ?? []).map((each) => ({ value: each.code, label: each.label })),
          ]}
          onChange={(event) =>
            change({ code: event.currentTarget.value === "" ? null : event.currentTarget.value })
          }
        />
        <Textarea
          label={t("desk.resolution")}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={4_000}
          dir="auto"
          value={wrapUp.resolution ?? ""}
          onChange={(event) =>
            change({
              resolution: event.currentTarget.value === "" ? null : event.currentTarget.value,
            })
          }
        />
        <Checkbox
          label={t("desk.followUpRequired")}
          checked={wrapUp.followUpRequired}
          onChange={(event) => change({ followUpRequired: event.currentTarget.checked })}
        />
        {wrapUp.followUpRequired && <FollowUpDate value={wrapUp.followUpDate} onChange={change} />}
        <div className={classes.blocks}>
          <Blocks blocks={blocks} />
        </div>
        {closing.state === "refused" && (
          <Text role="alert" size="sm" c="red">
            {refusal(t, closing.code)}
          </Text>
        )}
        <Button
          onClick={close}
          disabled={blocks.length > 0}
          loading={closing.state === "closing"}
          rightSection={<Keys command="call.wrap-up" />}
        >
          {t("desk.finishWrapUp")}
        </Button>
        {closing.state === "closing" && (
          <Text size="xs" c="dimmed" role="status">
            {t("desk.closing")}
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

function reasonOf(value: string): CallReason | null {
  return callReasons.find((each) => each === value) ?? null;
}

function WrapUpTimer({ call }: WrapUpFormProps): ReactElement | null {
  const t = useT();
  const now = useNow();
  if (call.state !== "wrapping" || call.wrapUpDueAt === null) return null;
  const leftMs = Date.parse(call.wrapUpDueAt) - now;
  return (
    <Text size="sm" fw={600} {...(leftMs < 0 ? { c: "red" } : {})} role="timer">
      {leftMs < 0
        ? t("desk.wrapUpOver", { time: clockDuration(-leftMs) })
        : t("desk.wrapUpLeft", { time: clockDuration(leftMs) })}
    </Text>
  );
}

interface FollowUpDateProps {
  readonly value: string | null;
  readonly onChange: (part: Edited) => void;
}

function FollowUpDate({ value, onChange }: FollowUpDateProps): ReactElement {
  const t = useT();
  return (
    <TextInput
      type="date"
      label={t("desk.followUpDate")}
      value={localDay(value)}
      onChange={(event) => onChange({ followUpDate: readDay(event.currentTarget.value) })}
    />
  );
}

interface BlocksProps {
  readonly blocks: readonly CloseBlock[];
}

function Blocks({ blocks }: BlocksProps): ReactElement | null {
  const t = useT();
  if (blocks.length === 0) return null;
  return (
    <Text size="sm" c="dimmed" component="ul" m={0} ps="md">
      {blocks.map((block) => (
        <li key={block}>{t(`desk.block.${block}`)}</li>
      ))}
    </Text>
  );
}
