import type {
  AdverseEvent,
  AdverseEventFields,
  EventDrug,
  Reaction,
} from "@careline/portal-contract/adverse-events/schemas.ts";
import { assessValidity } from "@careline/portal-contract/adverse-events/validity.ts";
import { redactCardNumbers } from "@careline/portal-contract/patients/card-numbers.ts";
import type { Tx } from "../database/index.ts";

interface EventRow {
  readonly eventId: string;
  readonly eventNumber: string;
  readonly version: number;
  readonly state: "draft" | "triage";
  readonly callId: string;
  readonly reportedByAgentId: string;
  readonly clientInstant: string;
  readonly zone: string;
  readonly awarenessAt: Date;
  readonly awarenessDay: string;
  readonly isCorrected: boolean;
  readonly isSerious: boolean;
  readonly patientId: string | null;
  readonly initials: string | null;
  readonly ageYears: number | null;
  readonly ageGroup: AdverseEvent["patient"]["ageGroup"];
  readonly sex: AdverseEvent["patient"]["sex"];
  readonly reporterType: AdverseEvent["reporter"]["type"];
  readonly reporterName: string | null;
  readonly reporterContact: string | null;
  readonly eventDate: string | null;
  readonly narrative: string | null;
  readonly followUpRequired: boolean;
  readonly fdaReportNumber: string | null;
  readonly reportedToFda: boolean;
  readonly reportDate: Date | null;
  readonly createdDate: Date;
  readonly reactions: Reaction[];
  readonly drugs: EventDrug[];
}

/** One report with its reactions and drugs, or undefined when the viewer may not see it. */
export async function readEvent(tx: Tx, eventId: string): Promise<AdverseEvent | undefined> {
  const [row] = await tx<EventRow[]>`
    select e.event_id as "eventId", e.event_number as "eventNumber", e.version::int as version, e.state,
           e.call_id as "callId", e.reported_by_agent_id as "reportedByAgentId",
           e.awareness_client_instant as "clientInstant", e.awareness_zone as zone,
           e.awareness_at as "awarenessAt", e.awareness_day::text as "awarenessDay",
           e.awareness_is_corrected as "isCorrected", e.is_serious as "isSerious", e.patient_id as "patientId",
           e.patient_initials as initials, e.patient_age_years as "ageYears", e.patient_age_group as "ageGroup",
           e.patient_sex as sex, e.reporter_type as "reporterType", e.reporter_name as "reporterName",
           e.reporter_contact as "reporterContact", to_char(e.event_date at time zone 'UTC', 'YYYY-MM-DD') as "eventDate",
           e.notes as narrative, e.follow_up_required as "followUpRequired",
           e.fda_report_number as "fdaReportNumber", e.reported_to_fda as "reportedToFda",
           e.report_date as "reportDate", e.created_date as "createdDate",
           coalesce((select json_agg(json_build_object('reactionId', r.reaction_id, 'verbatim', r.verbatim,
                     'severity', r.severity, 'seriousness', r.seriousness, 'outcome', r.outcome,
                     'startedOn', r.started_on, 'endedOn', r.ended_on) order by r.position)
              from portal.adverse_event_reactions r where r.event_id = e.event_id), '[]') as reactions,
           coalesce((select json_agg(json_build_object('drugId', d.drug_id, 'name', d.name, 'role', d.role,
                     'dosage', d.dosage, 'route', d.route, 'indication', d.indication,
                     'batchNumber', d.batch_number, 'startedOn', d.started_on, 'endedOn', d.ended_on,
                     'action', d.action) order by d.position)
              from portal.adverse_event_drugs d where d.event_id = e.event_id), '[]') as drugs
      from portal.adverse_events e where e.event_id = ${eventId}`;
  return row === undefined ? undefined : toEvent(row);
}

function fieldsOf(row: EventRow): AdverseEventFields {
  const { patientId, initials, ageYears, ageGroup, sex } = row;
  return {
    patient: { patientId, initials, ageYears, ageGroup, sex },
    reporter: { type: row.reporterType, name: row.reporterName, contact: row.reporterContact },
    reactions: row.reactions,
    drugs: row.drugs,
    eventDate: row.eventDate,
    narrative: row.narrative,
    followUpRequired: row.followUpRequired,
  };
}

function toEvent(row: EventRow): AdverseEvent {
  const fields = fieldsOf(row);
  return {
    ...fields,
    eventId: row.eventId,
    eventNumber: row.eventNumber,
    version: row.version,
    state: row.state,
    callId: row.callId,
    reportedByAgentId: row.reportedByAgentId,
    awareness: {
      clientInstant: row.clientInstant,
      zone: row.zone,
      instant: row.awarenessAt.toISOString(),
      day: row.awarenessDay,
      isCorrected: row.isCorrected,
    },
    validity: assessValidity(fields),
    isSerious: row.isSerious,
    fdaReportNumber: row.fdaReportNumber,
    reportedToFda: row.reportedToFda,
    reportDate: row.reportDate?.toISOString() ?? null,
    createdDate: row.createdDate.toISOString(),
  };
}

/** The fields with payment card numbers taken out of every free text (HCC-SEC-05). */
export function withoutCardNumbers(fields: AdverseEventFields): AdverseEventFields {
  const clean = (text: string): string => redactCardNumbers(text).text;
  const cleanOrNull = (text: string | null): string | null => (text === null ? null : clean(text));
  const { patient, reporter, eventDate, followUpRequired } = fields;
  return {
    patient,
    reporter: { ...reporter, contact: cleanOrNull(reporter.contact) },
    reactions: fields.reactions.map((one) => ({ ...one, verbatim: clean(one.verbatim) })),
    drugs: fields.drugs,
    eventDate,
    narrative: cleanOrNull(fields.narrative),
    followUpRequired,
  };
}

const severityOrder = ["life_threatening", "severe", "moderate", "mild"] as const;

/** The catalogue's columns: the case summed up by its first suspect drug and its most severe reaction. */
export function summaryColumns(fields: AdverseEventFields) {
  const drug = fields.drugs.find((one) => one.role !== "concomitant") ?? fields.drugs[0];
  const worst = severityOrder
    .map((severity) => fields.reactions.find((one) => one.severity === severity))
    .find((one) => one !== undefined);
  const reaction = worst ?? fields.reactions[0];
  const { patient, reporter } = fields;
  return {
    patient_id: patient.patientId,
    patient_initials: patient.initials,
    patient_age_years: patient.ageYears,
    patient_age_group: patient.ageGroup,
    patient_sex: patient.sex,
    reporter_type: reporter.type,
    reporter_name: reporter.name,
    reporter_contact: reporter.contact,
    event_date: fields.eventDate,
    notes: fields.narrative,
    follow_up_required: fields.followUpRequired,
    drug_name: drug?.name ?? null,
    drug_dosage: drug?.dosage ?? null,
    adverse_reaction: reaction?.verbatim ?? null,
    severity: reaction?.severity ?? null,
    outcome: reaction?.outcome ?? null,
    is_valid: assessValidity(fields).isValid,
    is_serious: fields.reactions.some((one) => one.seriousness.length > 0),
  };
}

/** Replaces the children of a report. */
export async function writeChildren(
  tx: Tx,
  eventId: string,
  fields: AdverseEventFields,
): Promise<void> {
  await Promise.all([
    tx`delete from portal.adverse_event_reactions where event_id = ${eventId}`,
    tx`delete from portal.adverse_event_drugs where event_id = ${eventId}`,
  ]);
  const reactions = fields.reactions.map((one, position) => ({
    reaction_id: one.reactionId,
    event_id: eventId,
    position,
    verbatim: one.verbatim,
    severity: one.severity,
    seriousness: [...one.seriousness],
    outcome: one.outcome,
    started_on: one.startedOn,
    ended_on: one.endedOn,
  }));
  const drugs = fields.drugs.map((one, position) => ({
    drug_id: one.drugId,
    event_id: eventId,
    position,
    name: one.name,
    role: one.role,
    dosage: one.dosage,
    route: one.route,
    indication: one.indication,
    batch_number: one.batchNumber,
    started_on: one.startedOn,
    ended_on: one.endedOn,
    action: one.action,
  }));
  await Promise.all([
    ...(reactions.length > 0
      ? [tx`insert into portal.adverse_event_reactions ${tx(reactions)}`]
      : []),
    ...(drugs.length > 0 ? [tx`insert into portal.adverse_event_drugs ${tx(drugs)}`] : []),
  ]);
}
