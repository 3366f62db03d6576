import type { PatientCard, PatientHit } from "@careline/portal-contract/patients/index.ts";
import { queryOptions } from "@tanstack/react-query";
import { send } from "../api/index.ts";

export type { PatientCard, PatientHit };

/** Patients who have the caller's number: to choose from, never opened by themselves. */
export const candidatesQuery = (callId: string) =>
  queryOptions({
    queryKey: ["candidates", callId],
    queryFn: async ({ signal }): Promise<readonly PatientHit[]> =>
      (await send("listCandidates", { params: { callId }, background: true }, signal)).data.items,
    staleTime: 60_000,
  });

/** The masked card of a patient, as far as it is open for this call: what another caller proved shows nothing here. */
export const patientQuery = (callId: string, patientId: string) =>
  queryOptions({
    queryKey: ["patient", callId, patientId],
    queryFn: async ({ signal }): Promise<PatientCard> =>
      (await send("readPatient", { params: { patientId } }, signal)).data,
    staleTime: 60_000,
  });
