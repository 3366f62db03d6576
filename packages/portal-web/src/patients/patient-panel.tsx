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
  /** Whose card is open; null before somebody is chosen. */
  readonly patientId: string | null;
  readonly onChoose: (patientId: string) => void;
}

/** About whom the call is: choose, verify with two identifiers, then see the masked card. */
export function PatientPanel({ call, patientId, onChoose }: PatientPanelProps): ReactElement {
  const t = useT();
  const queryClient = useQueryClient();
  const [isChoosing, setChoosing] = useState(false);
  const shownId = isChoosing ? null : patientId;
  const opened = (card: PatientCard): void => {
    queryClient.setQueryData(patientQuery(call.callId, card.patientId).queryKey, card);
    onChoose(card.patientId);
    setChoosing(false);
  };
  return (
    <Panel
      title={t("patients.patient")}
      aside={
        shownId !== null && (
          <Button size="compact-sm" variant="default" onClick={() => setChoosing(true)}>
            {t("patients.chooseOther")}
          </Button>
        )
      }
    >
      {shownId === null ? (
        <PatientChooser call={call} onOpened={opened} />
      ) : (
        <OpenedPatient key={shownId} call={call} patientId={shownId} onOpened={opened} />
      )}
    </Panel>
  );
}
