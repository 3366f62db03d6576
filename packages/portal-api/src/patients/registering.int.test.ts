import { routes } from "@careline/portal-contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoPatient } from "../demo/index.ts";
import type { Session } from "../serving/index.ts";
import type { DomainStage } from "../testing/domain-stage.ts";
import { newId, openStaffedStage, type StaffedStage } from "../testing/staffed-stage.ts";
import { patientsHandlers } from "./index.ts";

let desk: StaffedStage;
let stage: DomainStage;

beforeAll(async () => {
  desk = await openStaffedStage({ agents: 20, patients: 30 }, patientsHandlers);
  ({ stage } = desk);
});
afterAll(() => desk.close());

async function idOf(number: number): Promise<string> {
  const [row] =
    await stage.owner`select patient_id from portal.patients where mrn = ${demoPatient(number).mrn}`;
  return String(row?.patient_id);
}
const letter = { kind: "reason", reason: "Return of a misdirected letter" };
const open = async (who: Session, number: number, because: object = letter) =>
  stage.ask(routes.openPatient, who, {
    params: { patientId: await idOf(number) },
    body: { because },
  });

describe("registering", () => {
  const aPatient = (over: object = {}) => ({
    patientId: newId(),
    mrn: null,
    firstName: "",
    lastName: "",
    dateOfBirth: null,
    sex: "unknown",
    ssn: null,
    email: null,
    phone: null,
    address: null,
    city: null,
    state: null,
    zipCode: null,
    insuranceProvider: null,
    insurancePolicyNumber: null,
    preferredLanguage: null,
    safeContact: null,
    ...over,
  });
  it("draws a number for somebody who will not say who they are [HCC-DB-03]", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const first = await stage.ask(routes.createPatient, who, { body: { ...aPatient(), callId } });
    const second = await stage.ask(routes.createPatient, who, { body: { ...aPatient(), callId } });
    expect(first.body.mrn).toMatch(/^U-\d{4}-\d{6}$/);
    expect(second.body.mrn).not.toBe(first.body.mrn);
    expect(first.body.isIdentified).toBe(false);
  });
  it("refuses a record number that exists, whatever its case", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const body = { ...aPatient({ mrn: demoPatient(12).mrn.toLowerCase() }), callId };
    await expect(stage.ask(routes.createPatient, who, { body })).rejects.toMatchObject({
      code: "MRN_TAKEN",
    });
  });
  it("stores SSN and policy number sealed [HCC-SEC-07]", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const typed = aPatient({
      mrn: "TEST-SEALED",
      lastName: "Madeup",
      ssn: "000-12-3456",
      insurancePolicyNumber: "POL-1",
    });
    await stage.ask(routes.createPatient, who, { body: { ...typed, callId } });
    const [row] =
      await stage.owner`select ssn, insurance_policy_number from portal.patients where mrn = 'TEST-SEALED'`;
    expect(String(row?.ssn)).toMatch(/^eyJ/);
    expect(JSON.stringify(row)).not.toMatch(/3456|POL-1/);
  });
});

describe("correcting a record", () => {
  const reason = "The caller has moved house";
  const correct = async (who: Session, number: number, changes: object, ifMatch = 1) =>
    stage.ask(routes.updatePatient, who, {
      params: { patientId: await idOf(number) },
      body: { reason, changes },
      ifMatch,
    });

  it("is refused when it is based on an old version, and both versions are named", async () => {
    const who = desk.anAgent();
    await open(who, 13);
    const changed = await correct(who, 13, { city: "Demoville" });
    expect(changed.body).toMatchObject({ version: 2, details: { city: "Demoville" } });
    await expect(correct(who, 13, { city: "Othertown" })).rejects.toMatchObject({
      code: "STALE_VERSION",
      options: { versions: { yours: 1, current: 2 } },
    });
  });
  it("keeps who, why, which fields and what stood there before [HCC-POR-08]", async () => {
    const who = desk.anAgent();
    await open(who, 14);
    const { body, audits } = await correct(who, 14, { zipCode: "10001", phone: "+15555550177" });
    expect(body.details).toMatchObject({
      zipCode: "10001",
      phone: "XXX-XXX-0177",
      lastChange: { agentName: who.displayName, reason, fields: ["phone", "zipCode"] },
    });
    const kept = await stage.owner`
      select version::int, agent_id, reason, fields, before from portal.patient_changes
       where patient_id = ${body.patientId}`;
    const { zipCode, phone } = demoPatient(14);
    expect(kept).toEqual([
      {
        version: 2,
        agent_id: who.agentId,
        reason,
        fields: ["phone", "zipCode"],
        before: { zip_code: zipCode, phone },
      },
    ]);
    // The trail says which fields, and holds none of their values.
    expect(audits).toMatchObject([{ details: { fields: "phone zipCode", version: 2 } }]);
    expect(JSON.stringify(audits)).not.toMatch(/10001|0177|moved/);
  });
  it("is found by what it was corrected to", async () => {
    const who = desk.anAgent();
    await open(who, 15);
    await correct(who, 15, { lastName: "Ñandú-Demo" });
    const { body } = await stage.ask(routes.searchPatients, who, {
      body: { by: "name", lastName: "nandu" },
    });
    expect(body.items.map((hit) => hit.lastName)).toEqual(["Ñandú-Demo"]);
  });
  it("needs words, and something that changes", async () => {
    const who = desk.anAgent();
    await open(who, 16);
    await expect(correct(who, 16, {})).rejects.toThrow("nothing changes");
    await expect(
      stage.ask(routes.updatePatient, who, {
        params: { patientId: await idOf(16) },
        body: { reason: "short", changes: { city: "Demoville" } },
        ifMatch: 1,
      }),
    ).rejects.toThrow();
  });
  it("is refused before the caller is verified, and to a colleague who did not open the record", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    await open(who, 17, { kind: "call", callId });
    await expect(correct(who, 17, { city: "Demoville" })).rejects.toMatchObject({
      code: "IDENTITY_UNVERIFIED",
    });
    await expect(correct(desk.anAgent(), 17, { city: "Demoville" })).rejects.toMatchObject({
      code: "PATIENT_NOT_OPEN",
    });
  });
  it("shows its old values to nobody who has the application's credentials", async () => {
    const who = desk.anAgent();
    await open(who, 18);
    await correct(who, 18, { city: "Demoville" });
    const patientId = await idOf(18);
    const read = (columns: string) =>
      stage.sqlAs(
        who,
        (tx) =>
          tx`select ${tx(columns)} from portal.patient_changes where patient_id = ${patientId}`,
      );
    expect(await read("reason")).toEqual([{ reason }]);
    await expect(read("before")).rejects.toMatchObject({ code: "42501" });
    const other = stage.sqlAs(
      desk.anAgent(),
      (tx) => tx`select reason from portal.patient_changes where patient_id = ${patientId}`,
    );
    expect(await other).toEqual([]);
    await expect(
      stage.sqlAs(
        desk.anAgent(),
        (tx) => tx`
          select portal.record_patient_change(${patientId}, 3, array['city'], array['city'], ${reason}, now())`,
      ),
    ).rejects.toMatchObject({ code: "CL403" });
  });
});
