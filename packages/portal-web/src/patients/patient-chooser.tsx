import type { Call } from "@careline/portal-contract/calls/index.ts";
import { Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Failure } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { NewPatientForm } from "./new-patient-form.tsx";
import { PatientHits } from "./patient-hits.tsx";
import { candidatesQuery, type PatientCard } from "./patient-queries.ts";
import { PatientSearch } from "./patient-search.tsx";

interface PatientChooserProps {
  readonly call: Call;
  readonly onOpened: (card: PatientCard) => void;
}

/** Candidates by the caller's number, the search, and a new entry for somebody unknown. */
export function PatientChooser({ call, onOpened }: PatientChooserProps): ReactElement {
  const t = useT();
  const candidates = useQuery(candidatesQuery(call.callId));
  return (
    <Stack gap="sm">
      <PatientSearch callId={call.callId} onOpened={onOpened}>
        {candidates.isPending && (
          <Skeleton height={140} role="status" aria-label={t("shell.loading")} />
        )}
        {candidates.isError && (
          <Failure error={candidates.error} onRetry={() => void candidates.refetch()} />
        )}
        {candidates.isSuccess && (
          <>
            <Text size="sm" fw={600}>
              {candidates.data.length === 0
                ? t("patients.noCandidate")
                : t("patients.candidates", { count: candidates.data.length })}
            </Text>
            <PatientHits hits={candidates.data} callId={call.callId} onOpened={onOpened} />
          </>
        )}
      </PatientSearch>
      {/* Last, and not before what stands above it: it would be pushed away under a hand. */}
      {!candidates.isPending && <NewPatientForm call={call} onOpened={onOpened} />}
    </Stack>
  );
}
