import { VisuallyHidden } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { IntakePanel } from "../adverse-events/index.ts";
import { Notice } from "../feedback/index.ts";
import { CallbackPanel } from "../follow-ups/index.ts";
import { useT } from "../i18n/index.ts";
import { PatientPanel } from "../patients/index.ts";
import { type Call, isDialling } from "./call.ts";
import { CallCard } from "./call-card.tsx";
import { CallerForm } from "./caller-form.tsx";
import classes from "./desk.module.css";
import { FollowUpForm } from "./follow-up-form.tsx";
import { NotesPanel } from "./notes-panel.tsx";
import { SafetyScreen } from "./safety-screen.tsx";
import { ScriptPanel } from "./script-panel.tsx";
import { Timeline } from "./timeline.tsx";
import { WrapUpForm } from "./wrap-up-form.tsx";

interface CallViewProps {
  readonly call: Call;
  /** Calls beside this one that are still to be wrapped up. */
  readonly others: number;
}

/** One whole call on one screen: who calls, about whom, what is said, what must be asked and finished. */
export function CallView({ call, others }: CallViewProps): ReactElement {
  const t = useT();
  const [chosenId, setChosenId] = useState<string | null>(null);
  const patientId = chosenId ?? call.patients[0]?.patientId ?? null;
  return (
    <>
      <VisuallyHidden component="h1">{t("shell.desk")}</VisuallyHidden>
      {others > 0 && (
        <div className={classes.above}>
          <Notice tone="calm">{t("desk.othersToWrapUp", { count: others })}</Notice>
        </div>
      )}
      <div className={classes.columns}>
        <div className={classes.column}>
          <div className={classes.pinned}>
            <CallCard call={call} />
          </div>
          {call.callback !== null && (
            <CallbackPanel taskId={call.callback.taskId} isDialling={isDialling(call)} />
          )}
          <CallerForm call={call} patientId={patientId} />
          <ScriptPanel call={call} />
          <Timeline callId={call.callId} />
        </div>
        <div className={classes.column}>
          <div className={classes.patientPlace}>
            <PatientPanel call={call} patientId={patientId} onChoose={setChosenId} />
          </div>
          <NotesPanel callId={call.callId} />
        </div>
        <div className={classes.column}>
          <SafetyScreen call={call} />
          <IntakePanel call={call} />
          <WrapUpForm call={call} />
          <FollowUpForm callId={call.callId} />
        </div>
      </div>
    </>
  );
}
