import {
  type Authority,
  type CallerRelationship,
  type Disclosure,
  disclosure,
  disclosureTo,
} from "@careline/portal-contract/callers/index.ts";
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
  /** What the caller is to this patient on the call on which they were verified. */
  readonly relationship: CallerRelationship | null;
  readonly authority: Authority | null;
  readonly lastChange: NonNullable<PatientCard["details"]>["lastChange"];
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
           v.call_id as "verifiedCallId", v.verified_at as "verifiedAt", v.identifiers, v.relationship, v.authority,
           (select json_build_object('changedAt', to_char(h.changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                     'agentName', n.display_name, 'reason', h.reason, 'fields', h.fields)
              from portal.patient_changes h left join portal.agent_names n on n.agent_id = h.agent_id
             where h.patient_id = p.patient_id order by h.version desc limit 1) as "lastChange"
      from portal.patients p
      left join lateral (
        select v.call_id, v.verified_at, v.identifiers, s.relationship, s.authority
          from portal.patient_verifications v join portal.call_logs c on c.call_id = v.call_id
          left join portal.caller_standings s on s.call_id = v.call_id and s.patient_id = v.patient_id
         where v.patient_id = p.patient_id and v.verified_at is not null
           and (c.agent_id = ${agentId} or c.other_agent_id = ${agentId}) and c.state <> 'closed'
           -- Whoever is on the line now proved nothing on a call that is only wrapped up.
           and (c.state <> 'wrapping' or not exists (
             select 1 from portal.call_logs o where o.agent_id = ${agentId} and o.call_id <> c.call_id
                and o.state in ('connected', 'held', 'consulting', 'conferenced')))
         order by v.verified_at desc, v.call_id limit 1) v on true
     where p.patient_id = ${patientId}`;
  if (row === undefined)
    throw new PortalError("PATIENT_NOT_OPEN", `patient ${patientId} is not open`);
  return row;
}

/**
 * What protected data may show, and be spoken about: two identifiers verified on a call in hand and what its caller may hear of this patient, or
 * everything to somebody who stated a reason and has no verified caller on the line.
 */
export function disclosureOf(
  row: Pick<CardRow, "verifiedAt" | "isOpenedWithReason" | "relationship" | "authority">,
  now: Date,
): Disclosure {
  if (row.verifiedAt === null)
    return row.isOpenedWithReason
      ? disclosure("all", "no_caller")
      : disclosure("none", "unverified");
  const { relationship, authority } = row;
  const standing = relationship === null || authority === null ? null : { relationship, authority };
  return disclosureTo(standing, now.toISOString().slice(0, 10));
}

/** Refuses what the caller may not hear about, or change. Errors: IDENTITY_UNVERIFIED, AUTHORITY_MISSING. */
export function requireDisclosure(
  row: CardRow,
  now: Date,
  isCovered: (withheld: Disclosure["withheld"]) => boolean,
): void {
  const { scope, because, withheld } = disclosureOf(row, now);
  if (because === "unverified")
    throw new PortalError("IDENTITY_UNVERIFIED", `patient ${row.patientId} is not verified`);
  if (scope === "none" || !isCovered(withheld))
    throw new PortalError("AUTHORITY_MISSING", `patient ${row.patientId}: ${because}, ${scope}`);
}

/** The card: masked always, details only as far as they may be disclosed (HCC-SEC-02..04). */
export function toCard(row: CardRow, now: Date): PatientCard {
  const disclosed = disclosureOf(row, now);
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
    details: disclosed.scope === "none" ? null : detailsOf(row, disclosed.withheld),
    disclosure: disclosed,
  };
}

function detailsOf(
  row: CardRow,
  withheld: Disclosure["withheld"],
): NonNullable<PatientCard["details"]> {
  const given = <T>(field: Disclosure["withheld"][number], value: T): T | null =>
    withheld.includes(field) ? null : value;
  return {
    dateOfBirth: row.dateOfBirth,
    sex: row.sex,
    ssn: given("ssn", row.hasSsn ? maskedSsn : null),
    email: row.emailMasked,
    phone: row.phoneMasked,
    address: row.address,
    city: row.city,
    state: row.state,
    zipCode: row.zipCode,
    insuranceProvider: given("insuranceProvider", row.insuranceProvider),
    insurancePolicyNumber: given(
      "insurancePolicyNumber",
      row.hasPolicyNumber ? maskedPolicyNumber : null,
    ),
    safeContact: row.safeContact,
    lastChange: row.lastChange,
  };
}
