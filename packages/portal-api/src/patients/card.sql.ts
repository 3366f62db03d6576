import { maskedPolicyNumber, maskedSsn } from "@careline/portal-contract/patients/masking.ts";
import type { IdentifierKind, PatientCard } from "@careline/portal-contract/patients/schemas.ts";
import type { Tx } from "../database/index.ts";
import { PortalError } from "../problems/index.ts";

interface CardRow {
  readonly patientId: string;
  readonly version: number;
  readonly mrn: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly dateOfBirth: string | null;
  readonly sex: "female" | "male" | "other" | "unknown";
  readonly emailMasked: string | null;
  readonly phoneMasked: string | null;
  readonly hasSsn: boolean;
  readonly hasPolicyNumber: boolean;
  readonly address: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly zipCode: string | null;
  readonly insuranceProvider: string | null;
  readonly preferredLanguage: string | null;
  readonly safeContact: string | null;
  readonly isIdentified: boolean;
  readonly isRestricted: boolean;
  readonly isOpenedWithReason: boolean;
  readonly verifiedCallId: string | null;
  readonly verifiedAt: Date | null;
  readonly identifiers: IdentifierKind[] | null;
}

/** The masked row of an opened patient with what was verified on the viewer's calls. Errors: PATIENT_NOT_OPEN. */
export async function readCardRow(tx: Tx, patientId: string, agentId: string): Promise<CardRow> {
  const [row] = await tx<CardRow[]>`
    select p.patient_id as "patientId", p.version::int as version, p.mrn, p.first_name as "firstName",
           p.last_name as "lastName", p.date_of_birth::text as "dateOfBirth", p.sex,
           p.email_masked as "emailMasked", p.phone_masked as "phoneMasked", p.has_ssn as "hasSsn",
           p.has_insurance_policy_number as "hasPolicyNumber", p.address, p.city, p.state,
           p.zip_code as "zipCode", p.insurance_provider as "insuranceProvider",
           p.preferred_language as "preferredLanguage", p.safe_contact as "safeContact",
           p.is_identified as "isIdentified", p.is_restricted as "isRestricted",
           exists (select 1 from portal.patient_openings o
                    where o.agent_id = ${agentId} and o.patient_id = p.patient_id and o.expires_at > now()
                      and o.because <> 'call') as "isOpenedWithReason",
           v.call_id as "verifiedCallId", v.verified_at as "verifiedAt", v.identifiers
      from portal.patients p
      left join lateral (
        select v.call_id, v.verified_at, v.identifiers
          from portal.patient_verifications v join portal.call_logs c on c.call_id = v.call_id
         where v.patient_id = p.patient_id and v.verified_at is not null
           and (c.agent_id = ${agentId} or c.other_agent_id = ${agentId}) and c.state <> 'closed'
         order by v.verified_at desc, v.call_id limit 1) v on true
     where p.patient_id = ${patientId}`;
  if (row === undefined)
    throw new PortalError("PATIENT_NOT_OPEN", `patient ${patientId} is not open`);
  return row;
}

/** Whether protected data may show: two identifiers verified on a call in hand, or a reason stated instead of a call. */
export function areDetailsShown(row: Pick<CardRow, "verifiedAt" | "isOpenedWithReason">): boolean {
  return row.verifiedAt !== null || row.isOpenedWithReason;
}

/** The card: masked always, details only after verification (HCC-SEC-02..04). */
export function toCard(row: CardRow): PatientCard {
  const birthYear = row.dateOfBirth === null ? null : Number(row.dateOfBirth.slice(0, 4));
  return {
    patientId: row.patientId,
    version: row.version,
    mrn: row.mrn,
    firstName: row.firstName,
    lastName: row.lastName,
    birthYear,
    isIdentified: row.isIdentified,
    isRestricted: row.isRestricted,
    preferredLanguage: row.preferredLanguage,
    verification:
      row.verifiedAt === null
        ? null
        : {
            callId: row.verifiedCallId,
            identifiers: row.identifiers ?? [],
            verifiedAt: row.verifiedAt.toISOString(),
          },
    details: areDetailsShown(row) ? detailsOf(row) : null,
  };
}

function detailsOf(row: CardRow): NonNullable<PatientCard["details"]> {
  return {
    dateOfBirth: row.dateOfBirth,
    sex: row.sex,
    ssn: row.hasSsn ? maskedSsn : null,
    email: row.emailMasked,
    phone: row.phoneMasked,
    address: row.address,
    city: row.city,
    state: row.state,
    zipCode: row.zipCode,
    insuranceProvider: row.insuranceProvider,
    insurancePolicyNumber: row.hasPolicyNumber ? maskedPolicyNumber : null,
    safeContact: row.safeContact,
  };
}
