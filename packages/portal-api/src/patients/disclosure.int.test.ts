import { routes } from "@careline/portal-contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callersHandlers } from "../callers/index.ts";
import { demoPatient } from "../demo/index.ts";
import type { Session } from "../serving/index.ts";
import type { DomainStage } from "../testing/domain-stage.ts";
import { openStaffedStage, type StaffedStage } from "../testing/staffed-stage.ts";
import { patientsHandlers } from "./index.ts";

let desk: StaffedStage;
let stage: DomainStage;

beforeAll(async () => {
  desk = await openStaffedStage({ agents: 24, patients: 40 }, (opened) => [
    ...patientsHandlers(opened),
    ...callersHandlers,
  ]);
  ({ stage } = desk);
});
afterAll(() => desk.close());

interface Verified {
  readonly who: Session;
  readonly callId: string;
  readonly patientId: string;
}

/** A call on which both identifiers of the patient matched; nobody said who is calling. */
async function verified(number: number): Promise<Verified> {
  const who = desk.anAgent();
  const callId = await stage.placeCall(who, { isCallerUnknown: true });
  return verify({ who, callId }, number);
}

/** One more patient on a call. */
async function verify(
  { who, callId }: Pick<Verified, "who" | "callId">,
  number: number,
): Promise<Verified> {
  const { mrn, dateOfBirth, zipCode } = demoPatient(number);
  const [row] = await stage.owner`select patient_id from portal.patients where mrn = ${mrn}`;
  const patientId = String(row?.patient_id);
  const params = { patientId };
  await stage.ask(routes.openPatient, who, { params, body: { because: { kind: "call", callId } } });
  await stage.ask(routes.verifyPatient, who, {
    params,
    body: { callId, identifiers: { date_of_birth: dateOfBirth, zip_code: zipCode } },
  });
  return { who, callId, patientId };
}

const say = (
  { who, callId, patientId }: Pick<Verified, "who" | "callId"> & { readonly patientId?: string },
  relationship: string,
  authority: object,
  ifMatch = 1,
) =>
  stage.ask(routes.putCaller, who, {
    params: { callId },
    body: { name: "Pat Fictional", relationship, authority, safeContact: null, patientId },
    ifMatch,
  });
const self = { kind: "self" };
const card = async ({ who, patientId }: Verified) =>
  (await stage.ask(routes.readPatient, who, { params: { patientId } })).body;
const unmask = ({ who, patientId }: Verified, field: string) =>
  stage.ask(routes.unmaskPatientField, who, {
    params: { patientId },
    body: { field, reason: "Caller asks which number we have" },
  });
const correct = ({ who, patientId }: Verified, changes: object) =>
  stage.ask(routes.updatePatient, who, {
    params: { patientId },
    body: { reason: "The caller has moved house", changes },
    ifMatch: 1,
  });
const representative = (over: object = {}) => ({
  kind: "representative",
  verifiedBy: "document_on_file",
  scope: "scheduling",
  expiresOn: null,
  ...over,
});

describe("a caller who is not the patient", () => {
  it("hears nothing of the record without an authority, though both identifiers match", async () => {
    const call = await verified(1);
    await say(call, "spouse", { kind: "none" });
    const shown = await card(call);
    expect(shown).toMatchObject({
      details: null,
      disclosure: { scope: "none", because: "no_authority" },
    });
    expect(JSON.stringify(shown)).not.toContain(demoPatient(1).zipCode);
    await expect(unmask(call, "phone")).rejects.toMatchObject({ code: "AUTHORITY_MISSING" });
    await expect(correct(call, { city: "Demoville" })).rejects.toMatchObject({
      code: "AUTHORITY_MISSING",
    });
  });
  it("hears what a representative's authority covers, and no more", async () => {
    const call = await verified(2);
    await say(call, "parent", representative());
    const shown = await card(call);
    expect(shown.disclosure).toMatchObject({ scope: "scheduling", because: "representative" });
    expect(shown.details).toMatchObject({
      zipCode: demoPatient(2).zipCode,
      insuranceProvider: null,
      insurancePolicyNumber: null,
      ssn: null,
    });
    expect((await unmask(call, "phone")).body.value).toBe(demoPatient(2).phone);
    for (const field of ["ssn", "insurance_policy_number"])
      await expect(unmask(call, field)).rejects.toMatchObject({ code: "AUTHORITY_MISSING" });
    await expect(correct(call, { insuranceProvider: "Other Mutual" })).rejects.toMatchObject({
      code: "AUTHORITY_MISSING",
    });
    expect((await correct(call, { city: "Demoville" })).body.details?.city).toBe("Demoville");
  });
  it("hears of insurance when bills are meant, and of social security with full authority only", async () => {
    const billing = await verified(3);
    await say(billing, "lawyer", representative({ scope: "billing" }));
    expect((await card(billing)).details).toMatchObject({
      insurancePolicyNumber: "XXXXXXXX",
      ssn: null,
    });
    const all = await verified(4);
    await say(all, "guardian", representative({ scope: "all", verifiedBy: "court_order" }));
    expect((await card(all)).details?.ssn).toBe("XXX-XX-XXXX");
    expect((await unmask(all, "ssn")).body.value).toBe(demoPatient(4).ssn);
  });
  it("hears nothing once the authority has ended", async () => {
    const call = await verified(5);
    await say(call, "child", representative({ scope: "all", expiresOn: "2020-01-31" }));
    expect(await card(call)).toMatchObject({
      details: null,
      disclosure: { scope: "none", because: "expired", until: "2020-01-31" },
    });
  });
  it("hears of medical matters when they treat the patient", async () => {
    const call = await verified(6);
    const treats = { kind: "treating_professional", verifiedBy: "Called back at the practice" };
    await say(call, "physician", treats);
    expect(await card(call)).toMatchObject({
      disclosure: { scope: "medical" },
      details: { insuranceProvider: null },
    });
  });
  it("leaves in the trail what was established and how", async () => {
    const call = await verified(7);
    const { audits } = await say(call, "parent", representative({ expiresOn: "2027-01-01" }));
    expect(audits).toMatchObject([
      {
        details: {
          relationship: "parent",
          authority: "representative",
          verifiedBy: "document_on_file",
          scope: "scheduling",
          expiresOn: "2027-01-01",
        },
      },
    ]);
    expect(JSON.stringify(audits)).not.toContain("Fictional");
  });
  it("is told nothing that only an earlier caller proved, while that call is still wrapped up", async () => {
    const earlier = await verified(9);
    await say(earlier, "self", self);
    await stage.owner`update portal.call_logs set state = 'wrapping' where call_id = ${earlier.callId}`;
    expect((await card(earlier)).details).not.toBeNull();
    await stage.placeCall(earlier.who);
    expect(await card(earlier)).toMatchObject({
      details: null,
      disclosure: { because: "unverified" },
    });
  });
  it("cannot be written down as the patient", async () => {
    const call = await verified(8);
    await expect(say(call, "spouse", { kind: "self" })).rejects.toThrow("cannot have");
  });
});

describe("a caller of whom nobody said who they are", () => {
  it("hears nothing, though both identifiers match, and can be told nothing by unmasking or correcting", async () => {
    const call = await verified(11);
    expect(await card(call)).toMatchObject({
      verification: { callId: call.callId },
      details: null,
      disclosure: { scope: "none", because: "caller_unknown" },
    });
    await expect(unmask(call, "phone")).rejects.toMatchObject({ code: "AUTHORITY_MISSING" });
    await expect(correct(call, { city: "Demoville" })).rejects.toMatchObject({
      code: "AUTHORITY_MISSING",
    });
    await say(call, "self", self);
    expect((await card(call)).details?.zipCode).toBe(demoPatient(11).zipCode);
  });
  it("is the patient at once when that was said before the identifiers", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who, { isCallerUnknown: true });
    await say({ who, callId }, "self", self);
    expect((await card(await verify({ who, callId }, 12))).disclosure.because).toBe("patient");
  });
  it("stays unknown when it is taken back", async () => {
    const call = await verified(13);
    await say(call, "self", self);
    await say(call, "unknown", { kind: "none" }, 2);
    expect((await card(call)).details).toBeNull();
  });
});

describe("a call about several patients", () => {
  it("gives an authority for the one it was established for, and for nobody else", async () => {
    const first = await verified(14);
    await say(first, "parent", representative({ scope: "all" }));
    const second = await verify(first, 15);
    expect((await card(first)).details).not.toBeNull();
    expect(await card(second)).toMatchObject({
      details: null,
      disclosure: { because: "caller_unknown" },
    });
    await expect(unmask(second, "phone")).rejects.toMatchObject({ code: "AUTHORITY_MISSING" });
    const said = await say(second, "caregiver", { kind: "none" }, 2);
    expect(said.body.standings).toHaveLength(2);
    expect((await card(second)).disclosure.because).toBe("no_authority");
    expect((await card(first)).disclosure).toMatchObject({
      scope: "all",
      because: "representative",
    });
  });
  it("makes nobody two patients: the one who proved to be one is asked about the other", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who, { isCallerUnknown: true });
    await say({ who, callId }, "self", self);
    const first = await verify({ who, callId }, 16);
    const second = await verify(first, 17);
    expect((await card(first)).details).not.toBeNull();
    expect((await card(second)).disclosure.because).toBe("caller_unknown");
  });
  it("takes what is said without naming a patient as said about nobody among several", async () => {
    const first = await verified(18);
    const second = await verify(first, 19);
    await say({ who: first.who, callId: first.callId }, "self", self);
    expect((await card(first)).details).toBeNull();
    expect((await card(second)).details).toBeNull();
  });
  it("is not told about a patient whom the agent did not open, nor by a colleague", async () => {
    const call = await verified(20);
    const [row] = await stage.owner`
      select patient_id from portal.patients where mrn = ${demoPatient(21).mrn}`;
    const closed = { ...call, patientId: String(row?.patient_id) };
    await expect(say(closed, "self", self)).rejects.toMatchObject({ code: "PATIENT_NOT_OPEN" });
    await expect(say({ ...call, who: desk.anAgent() }, "self", self)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const stolen = stage.sqlAs(desk.anAgent(), (tx) => tx`select * from portal.caller_standings`);
    expect(await stolen).toEqual([]);
  });
});
