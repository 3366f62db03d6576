export { PatientPanel } from "./patient-panel.tsx";
export { patientQuery } from "./patient-queries.ts";
