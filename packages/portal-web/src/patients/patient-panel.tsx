import type { Call } from "@careline/portal-contract/calls/index.ts";
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { Panel } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { OpenedPatient } from "./opened-patient.tsx";
import { PatientChooser } from "./patient-chooser.tsx";
import { type PatientCard, patientQuery } from "./patient-queries.ts";

interface PatientPanelProps {
  readonly call: Call;
}

/** About whom the call is: choose, verify with two identifiers, then see the masked card. */
export function PatientPanel({ call }: PatientPanelProps): ReactElement {
  const t = useT();
  const queryClient = useQueryClient();
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [isChoosing, setChoosing] = useState(false);
  const linkedId = call.patients[0]?.patientId ?? null;
  const patientId = isChoosing ? null : (chosenId ?? linkedId);
  const opened = (card: PatientCard): void => {
    queryClient.setQueryData(patientQuery(call.callId, card.patientId).queryKey, card);
    setChosenId(card.patientId);
    setChoosing(false);
  };
  return (
    <Panel
      title={t("patients.patient")}
      aside={
        patientId !== null && (
          <Button size="compact-sm" variant="default" onClick={() => setChoosing(true)}>
            {t("patients.chooseOther")}
          </Button>
        )
      }
    >
      {patientId === null ? (
        <PatientChooser call={call} onOpened={opened} />
      ) : (
        <OpenedPatient key={patientId} call={call} patientId={patientId} onOpened={opened} />
      )}
    </Panel>
  );
}
