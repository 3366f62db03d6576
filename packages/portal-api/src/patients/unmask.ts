import { routes } from "@careline/portal-contract";
import type { WithholdableField } from "@careline/portal-contract/callers/index.ts";
import type { UnmaskableField } from "@careline/portal-contract/patients/schemas.ts";
import type { FieldCipher } from "../encryption/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";
import { readCardRow, requireDisclosure } from "./card.sql.ts";
import { sealedFields } from "./seal-patient.ts";

const shownMs = 600_000;

/** The name under which a scope withholds the field; null where every scope that shows anything shows it. */
const withholdableOf = {
  ssn: "ssn",
  insurance_policy_number: "insurancePolicyNumber",
  email: null,
  phone: null,
} as const satisfies Record<UnmaskableField, WithholdableField | null>;

/** What is stored of a field, readable: SSN and policy number are opened here and nowhere else. */
async function readable(
  cipher: FieldCipher,
  patientId: string,
  field: UnmaskableField,
  stored: string,
): Promise<string> {
  return field === "ssn" || field === "insurance_policy_number"
    ? cipher.open(sealedFields[field], patientId, stored)
    : stored;
}

/** Handler of unmasking: one field, a reason, ten minutes, audited; the answer is never stored for a repeat in clear. */
export function unmaskHandlers(cipher: FieldCipher): readonly RegisteredHandler[] {
  const unmask = handle(routes.unmaskPatientField, async (ctx, { params, body }) => {
    const { patientId } = params;
    const card = await readCardRow(ctx.tx, patientId, ctx.session.agentId);
    const withholdable = withholdableOf[body.field];
    requireDisclosure(
      card,
      ctx.now,
      (withheld) => withholdable === null || !withheld.includes(withholdable),
    );
    const [row] = await ctx.tx<{ stored: string | null }[]>`
      select portal.unmask_patient_field(gen_random_uuid(), ${patientId}, ${body.field}, ${body.reason}, ${ctx.now})
             as stored`;
    ctx.audit({
      resourceType: "patient",
      resourceId: patientId,
      patientId,
      details: { field: body.field },
    });
    const stored = row?.stored ?? null;
    const value = stored === null ? null : await readable(cipher, patientId, body.field, stored);
    return { body: { field: body.field, value, remainingMs: shownMs } };
  });
  return [unmask];
}
