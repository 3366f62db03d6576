import { routes } from "@careline/portal-contract";
import type {
  IdentifierKind,
  VerifyPatientBody,
} from "@careline/portal-contract/patients/schemas.ts";
import { adoptStanding } from "../callers/index.ts";
import { addTimeline, tellCall } from "../calls/index.ts";
import type { FieldCipher } from "../encryption/index.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { readCardRow } from "./card.sql.ts";
import { nameKey, phoneKey, ssnLastFourKey } from "./search-keys.ts";
import {
  addComparisons,
  type Comparison,
  type VerificationRecord,
  wrongAnswersMax,
} from "./verification.ts";

type Given = VerifyPatientBody["identifiers"];
type Known = Awaited<ReturnType<typeof readCardRow>>;

/** What the database compares, because nobody may read it. */
async function compareHidden(
  ctx: WorkContext,
  cipher: FieldCipher,
  patientId: string,
  given: Given,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  if (given.phone !== undefined) {
    const [row] = await ctx.tx<{ matches: boolean }[]>`
      select portal.patient_phone_matches(${patientId}, ${phoneKey(given.phone)}) as matches`;
    comparisons.push({ kind: "phone", matches: row?.matches === true });
  }
  if (given.ssn_last_four !== undefined) {
    const index = cipher.blindIndex(
      "patient_ssn_last_four",
      ssnLastFourKey(patientId, given.ssn_last_four),
    );
    const [row] = await ctx.tx<{ matches: boolean }[]>`
      select portal.patient_ssn_matches(${patientId}, ${index}) as matches`;
    comparisons.push({ kind: "ssn_last_four", matches: row?.matches === true });
  }
  return comparisons;
}

function compareKnown(known: Known, given: Given): Comparison[] {
  const comparisons: Comparison[] = [];
  const compare = (kind: IdentifierKind, said: string | undefined, stored: string | null): void => {
    if (said !== undefined)
      comparisons.push({ kind, matches: stored !== null && said !== "" && said === stored });
  };
  const name = given.full_name === undefined ? undefined : nameKey(given.full_name);
  compare("full_name", name, nameKey(`${known.firstName} ${known.lastName}`));
  compare("date_of_birth", given.date_of_birth, known.dateOfBirth);
  compare("zip_code", given.zip_code?.slice(0, 5), known.zipCode?.slice(0, 5) ?? null);
  compare("mrn", given.mrn?.toUpperCase(), known.mrn.toUpperCase());
  return comparisons;
}

async function lockVerification(
  ctx: WorkContext,
  callId: string,
  patientId: string,
): Promise<VerificationRecord> {
  await ctx.tx`
    insert into portal.patient_verifications (call_id, patient_id) values (${callId}, ${patientId})
    on conflict do nothing`;
  const [row] = await ctx.tx<VerificationRecord[]>`
    select wrong_answers as "wrongAnswers", identifiers, verified_at is not null as "isVerified"
      from portal.patient_verifications where call_id = ${callId} and patient_id = ${patientId} for update`;
  return row ?? { wrongAnswers: 0, identifiers: [], isVerified: false };
}

async function saveVerification(
  ctx: WorkContext,
  ids: { readonly callId: string; readonly patientId: string; readonly agentId: string },
  before: VerificationRecord,
  after: VerificationRecord,
): Promise<void> {
  const isNew = after.isVerified && !before.isVerified;
  await ctx.tx`
    update portal.patient_verifications
       set wrong_answers = ${after.wrongAnswers}, identifiers = ${[...after.identifiers]},
           verified_at = case when ${isNew} then ${ctx.now}::timestamptz else verified_at end,
           verified_by_agent_id = case when ${isNew} then ${ids.agentId}::uuid else verified_by_agent_id end
     where call_id = ${ids.callId} and patient_id = ${ids.patientId}`;
  if (!isNew) return;
  await adoptStanding(ctx, ids.patientId, ids);
  await addTimeline(ctx, ids.callId, "identity_verified", ids.agentId);
  await tellCall(ctx, ids.callId, ids.agentId);
}

/** Handler of the two identifiers. Wrong answers count per call and patient; after five, verification stops. */
export function verifyHandlers(cipher: FieldCipher): readonly RegisteredHandler[] {
  const verifyPatient = handle(routes.verifyPatient, async (ctx, { params, body }) => {
    const { agentId } = ctx.session;
    const { patientId } = params;
    const { callId } = body;
    const inHand = await ctx.tx`
      select 1 from portal.call_logs where call_id = ${callId} and state <> 'closed'
         and (agent_id = ${agentId} or other_agent_id = ${agentId})`;
    if (inHand.length === 0) throw new PortalError("NOT_FOUND", `call ${callId} is not in hand`);
    const known = await readCardRow(ctx.tx, patientId, agentId);
    const before = await lockVerification(ctx, callId, patientId);
    if (!before.isVerified && before.wrongAnswers >= wrongAnswersMax) {
      throw new PortalError("VERIFICATION_EXHAUSTED", `patient ${patientId} on call ${callId}`);
    }
    const comparisons = [
      ...compareKnown(known, body.identifiers),
      ...(await compareHidden(ctx, cipher, patientId, body.identifiers)),
    ];
    const after = addComparisons(before, comparisons);
    await saveVerification(ctx, { callId, patientId, agentId }, before, after);
    const kinds = (matches: boolean): IdentifierKind[] =>
      comparisons.filter((one) => one.matches === matches).map((one) => one.kind);
    ctx.audit({
      resourceType: "patient",
      resourceId: patientId,
      patientId,
      details: { callId, matched: kinds(true).join(" "), notMatched: kinds(false).join(" ") },
    });
    return {
      body: {
        matched: kinds(true),
        notMatched: kinds(false),
        isVerified: after.isVerified,
        attemptsLeft: Math.max(0, wrongAnswersMax - after.wrongAnswers),
      },
    };
  });
  return [verifyPatient];
}
