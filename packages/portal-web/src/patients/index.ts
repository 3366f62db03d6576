export { PatientPanel } from "./patient-panel.tsx";
