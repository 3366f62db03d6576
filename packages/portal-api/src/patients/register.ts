import { routes } from "@careline/portal-contract";
import type { UpdatePatientBody } from "@careline/portal-contract/patients/schemas.ts";
import type { FieldCipher } from "../encryption/index.ts";
import { PortalError, staleVersion } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { areDetailsShown, readCardRow, toCard } from "./card.sql.ts";
import { addOpening } from "./open.ts";
import { sealPatient } from "./seal-patient.ts";
import { nameKey, phoneKey } from "./search-keys.ts";

/** `U-2026-000123`: who is behind it is unknown, and may stay so (note of HCC-DB-03). */
async function drawUnidentifiedMrn(ctx: WorkContext): Promise<string> {
  const [row] = await ctx.tx<{ number: string }[]>`
    select lpad(nextval('portal.unidentified_mrn_seq')::text, 6, '0') as number`;
  return `U-${ctx.now.getUTCFullYear()}-${row?.number ?? ""}`;
}

function createHandler(cipher: FieldCipher): RegisteredHandler {
  return handle(routes.createPatient, async (ctx, { body }) => {
    const { agentId } = ctx.session;
    const { callId, patientId, ...fields } = body;
    const inHand = await ctx.tx`
      select 1 from portal.call_logs where call_id = ${callId} and state <> 'closed'
         and (agent_id = ${agentId} or other_agent_id = ${agentId})`;
    if (inHand.length === 0) throw new PortalError("NOT_FOUND", `call ${callId} is not in hand`);
    const mrn = fields.mrn ?? (await drawUnidentifiedMrn(ctx));
    const isIdentified = fields.mrn !== null;
    const row = await sealPatient(cipher, {
      ...fields,
      patientId,
      mrn,
      isIdentified,
      isRestricted: false,
    });
    const added = await ctx.tx`insert into portal.patients ${ctx.tx(row)} on conflict do nothing`;
    if (added.count === 0) {
      const [same] = await ctx.tx`select 1 from portal.patient_exists(${patientId})`;
      if (same !== undefined)
        throw new PortalError("ALREADY_EXISTS", `patient ${patientId} exists`);
      throw new PortalError("MRN_TAKEN", "another patient has this record number");
    }
    await addOpening(ctx, agentId, patientId, { kind: "created", callId });
    ctx.audit({
      resourceType: "patient",
      resourceId: patientId,
      patientId,
      details: { callId, isIdentified },
    });
    const card = toCard(await readCardRow(ctx.tx, patientId, agentId));
    return { body: card, version: card.version };
  });
}

const columnNames = {
  firstName: "first_name",
  lastName: "last_name",
  dateOfBirth: "date_of_birth",
  sex: "sex",
  email: "email",
  phone: "phone",
  address: "address",
  city: "city",
  state: "state",
  zipCode: "zip_code",
  insuranceProvider: "insurance_provider",
  preferredLanguage: "preferred_language",
  safeContact: "safe_contact",
} as const satisfies Record<keyof UpdatePatientBody, string>;

/** The columns that an edit changes, search keys included. */
function columnsOf(body: UpdatePatientBody): Record<string, string | null> {
  const columns: Record<string, string | null> = {};
  for (const [field, column] of Object.entries(columnNames)) {
    const value = body[field as keyof UpdatePatientBody];
    if (value !== undefined) columns[column] = value;
  }
  if (body.firstName !== undefined) columns.first_name_key = nameKey(body.firstName);
  if (body.lastName !== undefined) columns.last_name_key = nameKey(body.lastName);
  if (body.phone !== undefined)
    columns.phone_digits = body.phone === null ? null : phoneKey(body.phone);
  return columns;
}

const updatePatient = handle(routes.updatePatient, async (ctx, { params, body }) => {
  const { agentId } = ctx.session;
  const { patientId } = params;
  const before = await readCardRow(ctx.tx, patientId, agentId);
  if (!areDetailsShown(before)) {
    throw new PortalError("IDENTITY_UNVERIFIED", `patient ${patientId} is not verified`);
  }
  const columns = { ...columnsOf(body), modified_date: ctx.now, version: ctx.expectedVersion + 1 };
  const changed = await ctx.tx`
    update portal.patients set ${ctx.tx(columns)}
     where patient_id = ${patientId} and version = ${ctx.expectedVersion} returning patient_id`;
  if (changed.length === 0) throw staleVersion(ctx.expectedVersion, before.version);
  ctx.audit({
    resourceType: "patient",
    resourceId: patientId,
    patientId,
    details: { fields: Object.keys(body).join(" ") },
  });
  const card = toCard(await readCardRow(ctx.tx, patientId, agentId));
  return { body: card, version: card.version };
});

/** Handlers of registering and correcting patients (HCC-POR-08). */
export function registerHandlers(cipher: FieldCipher): readonly RegisteredHandler[] {
  return [createHandler(cipher), updatePatient];
}
