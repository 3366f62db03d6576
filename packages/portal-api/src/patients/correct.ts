import { routes } from "@careline/portal-contract";
import { withholdableFields } from "@careline/portal-contract/callers/index.ts";
import type {
  DemographicField,
  UpdatePatientBody,
} from "@careline/portal-contract/patients/schemas.ts";
import { staleVersion } from "../problems/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";
import { readCardRow, requireDisclosure, toCard } from "./card.sql.ts";
import { nameKey, phoneKey } from "./search-keys.ts";

type Changes = UpdatePatientBody["changes"];

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
} as const satisfies Record<DemographicField, string>;

/** The fields that a correction changes, in the contract's order. */
function fieldsOf(changes: Changes): readonly DemographicField[] {
  const fields = Object.keys(columnNames) as DemographicField[];
  return fields.filter((field) => changes[field] !== undefined);
}

/** The columns that a correction changes, search keys included. */
function columnsOf(changes: Changes): Record<string, string | null> {
  const columns: Record<string, string | null> = {};
  for (const field of fieldsOf(changes)) columns[columnNames[field]] = changes[field] ?? null;
  if (changes.firstName !== undefined) columns.first_name_key = nameKey(changes.firstName);
  if (changes.lastName !== undefined) columns.last_name_key = nameKey(changes.lastName);
  if (changes.phone !== undefined)
    columns.phone_digits = changes.phone === null ? null : phoneKey(changes.phone);
  return columns;
}

const updatePatient = handle(routes.updatePatient, async (ctx, { params, body }) => {
  const { agentId } = ctx.session;
  const { patientId } = params;
  const { changes, reason } = body;
  const before = await readCardRow(ctx.tx, patientId, agentId);
  const fields = fieldsOf(changes);
  const withholdable = withholdableFields.filter((field) => fields.some((each) => each === field));
  requireDisclosure(before, ctx.now, (withheld) =>
    withholdable.every((field) => !withheld.includes(field)),
  );
  // Whoever corrected it meanwhile waits here no longer: the row is theirs until they commit.
  const [locked] = await ctx.tx<{ version: number }[]>`
    select version::int as version from portal.patients where patient_id = ${patientId} for update`;
  if (locked?.version !== ctx.expectedVersion)
    throw staleVersion(ctx.expectedVersion, locked?.version ?? before.version);
  const version = ctx.expectedVersion + 1;
  await ctx.tx`
    select portal.record_patient_change(${patientId}, ${version}, ${[...fields]},
           ${fields.map((field) => columnNames[field])}, ${reason}, ${ctx.now})`;
  const columns = { ...columnsOf(changes), modified_date: ctx.now, version };
  await ctx.tx`update portal.patients set ${ctx.tx(columns)} where patient_id = ${patientId}`;
  ctx.audit({
    resourceType: "patient",
    resourceId: patientId,
    patientId,
    // Names of fields, never their values; the reason stays in the record of corrections.
    details: { fields: fields.join(" "), version },
  });
  const card = toCard(await readCardRow(ctx.tx, patientId, agentId), ctx.now);
  return { body: card, version: card.version };
});

/** Handler of correcting demographics: with a reason, on the version that was seen, old values kept (HCC-POR-08). */
export const correctHandlers: readonly RegisteredHandler[] = [updatePatient];
