/** One table of the catalogue (HCC-DB-*) and where it lives here. */
export interface CatalogueTable {
  readonly requirement: string;
  /** The catalogue's name. */
  readonly name: string;
  readonly table: string;
  /** Catalogue name → column, where it is more than snake case; `table.column` when it lives in another table or view. */
  readonly renamed: Readonly<Record<string, string>>;
  /** Every column of the catalogue, in its order. */
  readonly columns: readonly string[];
}

/** `CallStartTime` → `call_start_time`, `MRN` → `mrn`, `AzureAD_ObjectID` → `azure_ad_object_id`. */
export function snakeCase(name: string): string {
  return name
    .replace(/_/g, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** Where a column of the catalogue lives, as `table.column`. */
export function placeOf(table: CatalogueTable, column: string): string {
  const renamed = table.renamed[column];
  if (renamed?.includes(".") === true) return renamed;
  return `${table.table}.${renamed ?? snakeCase(column)}`;
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const catalogueTables: readonly CatalogueTable[] = [
  {
    requirement: "HCC-DB-01",
    name: "Agents",
    table: "agents",
    renamed: { AzureAD_ObjectID: "azure_ad_object_id", Team: "team_id" },
    columns:
      words(`AgentID AzureAD_ObjectID Email FirstName LastName EmployeeID Role Team PrimaryLocation HireDate
      Status LastLoginDate LastLoginRegion CreatedDate ModifiedDate`),
  },
  {
    requirement: "HCC-DB-03",
    name: "Patients",
    table: "patients",
    renamed: {},
    columns:
      words(`PatientID MRN FirstName LastName DateOfBirth SSN Email Phone Address City State ZipCode
      InsuranceProvider InsurancePolicyNumber PreferredLanguage CreatedDate ModifiedDate`),
  },
  {
    requirement: "HCC-DB-04",
    name: "CallLogs",
    table: "call_logs",
    renamed: { RecordingURL: "recording_url", CallerIP: "caller_ip" },
    columns:
      words(`CallID PatientID AgentID CallStartTime CallEndTime CallDuration CallType CallReason CallStatus
      CallerPhoneNumber RecordingURL RecordingRegion Transcript Resolution FollowUpRequired FollowUpDate
      SatisfactionRating CallerIP AgentRegion CreatedDate ModifiedDate`),
  },
  {
    requirement: "HCC-DB-06",
    name: "AdverseEvents",
    table: "adverse_events",
    renamed: { FDAReportNumber: "fda_report_number", ReportedToFDA: "reported_to_fda" },
    columns:
      words(`EventID CallID PatientID ReportedByAgentID EventDate DrugName DrugDosage AdverseReaction Severity
      Outcome ReporterType FDAReportNumber ReportedToFDA ReportDate FollowUpRequired Notes CreatedDate ModifiedDate`),
  },
  {
    requirement: "HCC-DB-08",
    name: "CallNotes",
    table: "call_notes",
    renamed: { Timestamp: "noted_at" },
    columns: words("NoteID CallID AgentID NoteText NoteType Timestamp Region"),
  },
  {
    requirement: "HCC-DB-10",
    name: "AuditLog",
    table: "audit_log",
    renamed: {
      IPAddress: "ip_address",
      ReplicatedToDR: "audit_log_replication.replicated_to_dr",
      ReplicationTimestamp: "audit_log_replication.replication_timestamp",
    },
    columns:
      words(`AuditID Timestamp AgentID Action ResourceType ResourceID PatientID IPAddress UserAgent SessionID
      Region StatusCode Details ReplicatedToDR ReplicationTimestamp`),
  },
];

/** Enumerations of the catalogue: where, and the code of each of its values. */
export interface CatalogueEnumeration {
  readonly requirement: string;
  readonly place: string;
  readonly codes: Readonly<Record<string, string>>;
}

export const catalogueEnumerations: readonly CatalogueEnumeration[] = [
  {
    requirement: "HCC-DB-02",
    place: "agents.role",
    codes: { Agent: "agent", Supervisor: "supervisor", Manager: "manager", Admin: "admin" },
  },
  {
    requirement: "HCC-DB-02",
    place: "agents.primary_location",
    codes: { EastUS2: "east", WestUS2: "west" },
  },
  {
    requirement: "HCC-DB-02",
    place: "agents.status",
    codes: { Active: "active", OnBreak: "on_break", Offline: "offline", Terminated: "terminated" },
  },
  {
    requirement: "HCC-DB-05",
    place: "call_logs.call_type",
    codes: { Inbound: "inbound", Outbound: "outbound" },
  },
  {
    requirement: "HCC-DB-05",
    place: "call_logs.call_reason",
    codes: {
      Appointment: "appointment",
      Billing: "billing",
      "Medical Records": "medical_records",
      "Adverse Event": "adverse_event",
      General: "general",
    },
  },
  {
    requirement: "HCC-DB-05",
    place: "call_logs.call_status",
    codes: {
      Completed: "completed",
      Transferred: "transferred",
      Abandoned: "abandoned",
      Voicemail: "voicemail",
    },
  },
  {
    requirement: "HCC-DB-07",
    place: "adverse_events.severity",
    codes: {
      Mild: "mild",
      Moderate: "moderate",
      Severe: "severe",
      "Life-threatening": "life_threatening",
    },
  },
  {
    requirement: "HCC-DB-07",
    place: "adverse_events.outcome",
    codes: {
      Recovered: "recovered",
      Recovering: "recovering",
      "Not Recovered": "not_recovered",
      Fatal: "fatal",
      Unknown: "unknown",
    },
  },
  {
    requirement: "HCC-DB-07",
    place: "adverse_events.reporter_type",
    codes: { Patient: "patient", Physician: "physician", Pharmacist: "pharmacist", Other: "other" },
  },
  {
    requirement: "HCC-DB-08",
    place: "call_notes.note_type",
    codes: {
      General: "general",
      Medical: "medical",
      Billing: "billing",
      Compliance: "compliance",
      Escalation: "escalation",
    },
  },
];

/** Indexes of HCC-DB-12: name in the catalogue, and what serves here. A unique constraint's own index serves two of them. */
export const catalogueIndexes: Readonly<Record<string, string>> = {
  IX_Agents_AzureAD: "agents_azure_ad_object_id_key",
  IX_Agents_Email: "agents_email",
  IX_Patients_MRN: "ix_patients_mrn",
  IX_CallLogs_Patient: "ix_call_logs_patient",
  IX_CallLogs_Agent: "ix_call_logs_agent",
  IX_CallLogs_StartTime: "ix_call_logs_start_time",
  IX_AdverseEvents_Patient: "ix_adverse_events_patient",
  IX_AdverseEvents_Drug: "ix_adverse_events_drug",
  IX_AuditLog_Timestamp: "audit_log_time",
  IX_AuditLog_Agent: "audit_log_agent",
  IX_AuditLog_Patient: "audit_log_patient",
};
