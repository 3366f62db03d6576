import type { Call } from "@careline/portal-contract/calls/index.ts";
import { Button, Text } from "@mantine/core";
import { type ReactElement, useEffect, useState } from "react";
import { Panel } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { useWorkspace } from "../outbox/index.ts";
import { Keys, runCommand, useCommand } from "../shortcuts/index.ts";
import { callInHandDraft, type RememberedCall } from "./remembered-call.ts";
import { ReportForm } from "./report-form.tsx";
import { useReport } from "./use-report.ts";

interface IntakePanelProps {
  readonly call: Call;
}

/** The adverse-event intake beside the call; closed until it is needed, open when something was begun. */
export function IntakePanel({ call }: IntakePanelProps): ReactElement {
  const t = useT();
  const known = knownOf(call);
  const report = useReport(`intake:${call.callId}`, known);
  const [isOpened, setOpened] = useState(false);
  const isOpen = isOpened || report.draft.content.awareness !== null;
  useRememberedCall(call);
  useCommand("intake.open", () => setOpened(true), !isOpen);
  useEffect(() => {
    // The form has just taken over the command: now it puts the cursor into its first field.
    if (isOpened) runCommand("intake.open");
  }, [isOpened]);
  return (
    <Panel
      title={t("adverseEvents.title")}
      aside={
        !isOpen && (
          <Button
            size="xs"
            onClick={() => setOpened(true)}
            rightSection={<Keys command="intake.open" />}
          >
            {t("adverseEvents.open")}
          </Button>
        )
      }
    >
      {isOpen ? (
        <ReportForm
          report={report}
          callId={call.callId}
          patientName={call.patients[0]?.displayName ?? null}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {t("adverseEvents.closedHint")}
        </Text>
      )}
    </Panel>
  );
}

function knownOf(call: Call): RememberedCall["known"] {
  return {
    patientId: call.patients[0]?.patientId ?? null,
    callerName: call.caller?.name ?? null,
    callerPhone: call.callerPhoneNumber,
    relationship: call.caller?.relationship ?? null,
  };
}

/** Keeps, sealed, which call is in hand, so that the intake knows it after a reload with no region in reach. */
function useRememberedCall(call: Call): void {
  const drafts = useWorkspace()?.drafts ?? null;
  const { patientId, callerName, callerPhone, relationship } = knownOf(call);
  const patientName = call.patients[0]?.displayName ?? null;
  const { callId, callStartTime } = call;
  useEffect(() => {
    if (drafts === null) return;
    const remembered: RememberedCall = {
      callId,
      callStartTime,
      patientName,
      known: { patientId, callerName, callerPhone, relationship },
    };
    drafts.save(callInHandDraft, remembered).catch(() => {});
  }, [
    drafts,
    callId,
    callStartTime,
    patientName,
    patientId,
    callerName,
    callerPhone,
    relationship,
  ]);
}
