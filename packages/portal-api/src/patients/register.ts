import { routes } from "@careline/portal-contract";
import type { FieldCipher } from "../encryption/index.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { readCardRow, toCard } from "./card.sql.ts";
import { addOpening } from "./open.ts";
import { sealPatient } from "./seal-patient.ts";

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
    const card = toCard(await readCardRow(ctx.tx, patientId, agentId), ctx.now);
    return { body: card, version: card.version };
  });
}

/** Handler of registering patients (HCC-POR-08). */
export function registerHandlers(cipher: FieldCipher): readonly RegisteredHandler[] {
  return [createHandler(cipher)];
}
