import { routes } from "@careline/portal-contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoPatient } from "../demo/index.ts";
import type { Session } from "../serving/index.ts";
import type { DomainStage } from "../testing/domain-stage.ts";
import { newId, openStaffedStage, type StaffedStage } from "../testing/staffed-stage.ts";
import { patientsHandlers } from "./index.ts";

let desk: StaffedStage;
let stage: DomainStage;
let supervisor: Session;
let manager: Session;

beforeAll(async () => {
  desk = await openStaffedStage({ agents: 40, patients: 260 }, patientsHandlers);
  ({ stage } = desk);
  supervisor = await stage.sessionOf("supervisor01");
  manager = await stage.sessionOf("manager01");
});
afterAll(() => desk.close());

async function idOf(number: number): Promise<string> {
  const [row] =
    await stage.owner`select patient_id from portal.patients where mrn = ${demoPatient(number).mrn}`;
  return String(row?.patient_id);
}
const open = async (who: Session, number: number, because: object, more: object = {}) =>
  stage.ask(routes.openPatient, who, {
    params: { patientId: await idOf(number) },
    body: { because, ...more },
  });
const search = (who: Session, body: object) => stage.ask(routes.searchPatients, who, { body });

describe("finding a patient", () => {
  it("by the beginning of the name, accents and case aside [HCC-POR-08]", async () => {
    const { body } = await search(desk.anAgent(), { by: "name", lastName: "DEMOSTREZ" });
    expect(body.items.length).toBeGreaterThan(0);
    expect(body.items.every((hit) => hit.lastName === "Demóstrez")).toBe(true);
  });
  it("by record number without regard to case, phone, e-mail and birth date [HCC-SQL-06]", async () => {
    const who = desk.anAgent();
    const patient = demoPatient(100);
    const one = { mrn: patient.mrn };
    expect(
      (await search(who, { by: "mrn", mrn: patient.mrn.toLowerCase() })).body.items,
    ).toMatchObject([one]);
    expect((await search(who, { by: "phone", phone: patient.phone })).body.items).toMatchObject([
      one,
    ]);
    expect(
      (await search(who, { by: "email", email: patient.email.toUpperCase() })).body.items,
    ).toMatchObject([one]);
    const born = { by: "birth_date", dateOfBirth: patient.dateOfBirth, lastName: patient.lastName };
    expect((await search(who, born)).body.items).toMatchObject([one]);
  });
  it("answers at most 20 minimal masked rows and says that there are more", async () => {
    const { body } = await search(desk.anAgent(), { by: "mrn", mrn: "DEMO-" });
    expect(body.items).toHaveLength(20);
    expect(body.isTruncated).toBe(true);
    expect(Object.keys(body.items[0] ?? {}).sort()).toEqual([
      "birthYear",
      "firstName",
      "isRestricted",
      "lastName",
      "mrn",
      "patientId",
      "phoneLastFour",
    ]);
  });
  it("leaves a row of its own before it looks, and never what was typed", async () => {
    const who = desk.anAgent();
    const { audits } = await search(who, { by: "name", lastName: "Wishful" });
    expect(JSON.stringify(audits)).not.toMatch(/wishful/i);
    const rows =
      await stage.owner`select searched_by from portal.patient_searches where agent_id = ${who.agentId}`;
    expect(rows).toEqual([{ searched_by: "name" }]);
  });
  it("stops after 30 searches a minute", async () => {
    const who = desk.anAgent();
    for (let count = 0; count < 30; count += 1)
      await search(who, { by: "mrn", mrn: "DEMO-0000001" });
    await expect(search(who, { by: "mrn", mrn: "DEMO-0000001" })).rejects.toMatchObject({
      code: "CL429",
    });
  });
  it("does not count searches that lie ahead of a clock that was set back", async () => {
    const who = desk.anAgent();
    for (let count = 0; count < 30; count += 1)
      await search(who, { by: "mrn", mrn: "DEMO-0000001" });
    // What the database's clock sees after it was set back by an hour: the same rows, an hour ahead of it.
    await stage.owner`
      update portal.patient_searches set searched_at = searched_at + interval '1 hour'
       where agent_id = ${who.agentId}`;
    const { body } = await search(who, { by: "mrn", mrn: "DEMO-0000001" });
    expect(body.items).toHaveLength(1);
    // The limit holds again from there on.
    for (let count = 1; count < 30; count += 1)
      await search(who, { by: "mrn", mrn: "DEMO-0000001" });
    await expect(search(who, { by: "mrn", mrn: "DEMO-0000001" })).rejects.toMatchObject({
      code: "CL429",
    });
  });
  it("is refused to those who handle no callers, in the route and in the database", async () => {
    await expect(search(manager, { by: "mrn", mrn: "DEMO-" })).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
    await expect(
      stage.sqlAs(
        manager,
        (tx) => tx`select * from portal.search_patients('mrn', 'DEMO-', null, null)`,
      ),
    ).rejects.toMatchObject({ code: "CL403" });
  });
  it("offers every patient who has the caller's number: a chooser, nothing opened", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who, { phone: demoPatient(1).phone });
    const { body } = await stage.ask(routes.listCandidates, who, { params: { callId } });
    expect(body.items.map((hit) => hit.mrn).sort()).toEqual([
      demoPatient(1).mrn,
      demoPatient(51).mrn,
    ]);
    await expect(
      stage.ask(routes.readPatient, who, { params: { patientId: body.items[0]?.patientId } }),
    ).rejects.toMatchObject({ code: "PATIENT_NOT_OPEN" });
  });
  it("tells nobody the candidates of another agent's caller", async () => {
    const callId = await stage.placeCall(desk.anAgent());
    await expect(
      stage.ask(routes.listCandidates, desk.anAgent(), { params: { callId } }),
    ).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});

describe("opening a patient", () => {
  it("for a call shows the card without its details until two identifiers were verified", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const { body } = await open(who, 2, { kind: "call", callId });
    expect(body).toMatchObject({ mrn: demoPatient(2).mrn, details: null, verification: null });
  });
  it("with a reason shows every field masked [HCC-SEC-02] [HCC-SEC-03] [HCC-SEC-04]", async () => {
    const { body } = await open(desk.anAgent(), 3, {
      kind: "reason",
      reason: "Return of a misdirected letter",
    });
    expect(body.details).toMatchObject({
      ssn: "XXX-XX-XXXX",
      email: "pXXX@XXXX.com",
      phone: `XXX-XXX-${demoPatient(3).phone.slice(-4)}`,
      insurancePolicyNumber: "XXXXXXXX",
      zipCode: demoPatient(3).zipCode,
    });
    const { ssn, email, phone, insurancePolicyNumber } = demoPatient(3);
    for (const secret of [ssn, email, phone, insurancePolicyNumber]) {
      expect(JSON.stringify(body)).not.toContain(secret);
    }
  });
  it("needs a call in one's own hands, an open task or words", async () => {
    const callId = await stage.placeCall(desk.anAgent());
    await expect(open(desk.anAgent(), 4, { kind: "call", callId })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(open(desk.anAgent(), 4, { kind: "task", taskId: newId() })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(open(desk.anAgent(), 4, { kind: "reason", reason: "short" })).rejects.toThrow();
  });
  it("of a restricted record asks why, and says so in the trail", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    const because = { kind: "call", callId };
    await expect(open(who, 200, because)).rejects.toMatchObject({ code: "PATIENT_RESTRICTED" });
    const { audits } = await open(who, 200, because, { restrictedReason: "Caller is the patient" });
    expect(audits).toMatchObject([{ action: "patient_open_restricted" }]);
  });
  it("does not open it for a colleague", async () => {
    const who = desk.anAgent();
    await open(who, 5, { kind: "reason", reason: "Return of a misdirected letter" });
    const patientId = await idOf(5);
    await stage.ask(routes.readPatient, who, { params: { patientId } });
    await expect(
      stage.ask(routes.readPatient, desk.anAgent(), { params: { patientId } }),
    ).rejects.toMatchObject({
      code: "PATIENT_NOT_OPEN",
    });
  });
  it("is refused to a manager", async () => {
    await expect(
      open(manager, 5, { kind: "reason", reason: "Just to have a look" }),
    ).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
  });
});

describe("verifying two identifiers", () => {
  const verify = async (who: Session, number: number, callId: string, identifiers: object) =>
    stage.ask(routes.verifyPatient, who, {
      params: { patientId: await idOf(number) },
      body: { callId, identifiers },
    });
  async function opened(number: number): Promise<{ who: Session; callId: string }> {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    await open(who, number, { kind: "call", callId });
    return { who, callId };
  }

  it("shows the details, and compares the SSN's last four without showing them", async () => {
    const { who, callId } = await opened(6);
    const { ssn, dateOfBirth } = demoPatient(6);
    const { body } = await verify(who, 6, callId, {
      date_of_birth: dateOfBirth,
      ssn_last_four: ssn.slice(-4),
    });
    expect(body).toEqual({
      matched: ["date_of_birth", "ssn_last_four"],
      notMatched: [],
      isVerified: true,
      attemptsLeft: 5,
    });
    const card = await stage.ask(routes.readPatient, who, { params: { patientId: await idOf(6) } });
    expect(card.body.details?.ssn).toBe("XXX-XX-XXXX");
    expect(card.body.verification).toMatchObject({ callId });
  });
  it("takes phone, name and postal code as a caller says them", async () => {
    const { who, callId } = await opened(7);
    const { firstName, lastName, phone, zipCode } = demoPatient(7);
    const said = {
      full_name: `${firstName} ${lastName}`.toUpperCase(),
      phone: phone.slice(2),
      zip_code: zipCode,
    };
    expect((await verify(who, 7, callId, said)).body.notMatched).toEqual([]);
  });
  it("stops after five wrong answers on one call", async () => {
    const { who, callId } = await opened(8);
    const wrong = { date_of_birth: "1900-01-01" };
    for (let left = 4; left >= 0; left -= 1) {
      expect((await verify(who, 8, callId, wrong)).body).toMatchObject({
        isVerified: false,
        attemptsLeft: left,
      });
    }
    const right = { date_of_birth: demoPatient(8).dateOfBirth, zip_code: demoPatient(8).zipCode };
    await expect(verify(who, 8, callId, right)).rejects.toMatchObject({
      code: "VERIFICATION_EXHAUSTED",
    });
  });
  it("needs the patient opened first", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    await expect(verify(who, 9, callId, { zip_code: "00000" })).rejects.toMatchObject({
      code: "PATIENT_NOT_OPEN",
    });
  });
});

describe("unmasking one field", () => {
  const unmask = async (who: Session, number: number, field: string) =>
    stage.ask(routes.unmaskPatientField, who, {
      params: { patientId: await idOf(number) },
      body: { field, reason: "Caller asks which number we have" },
    });
  it("gives it for ten minutes with a reason, and keeps who and why [HCC-SEC-07]", async () => {
    const who = desk.anAgent();
    await open(who, 10, { kind: "reason", reason: "Return of a misdirected letter" });
    const patient = demoPatient(10);
    for (const [field, value] of [
      ["ssn", patient.ssn],
      ["insurance_policy_number", patient.insurancePolicyNumber],
      ["email", patient.email],
      ["phone", patient.phone],
    ] as const) {
      const { body, audits } = await unmask(who, 10, field);
      expect(body).toEqual({ field, value, remainingMs: 600_000 });
      expect(JSON.stringify(audits)).not.toContain(value);
    }
    const kept = await stage.owner`
      select field, expires_at - unmasked_at = interval '10 minutes' as ten from portal.patient_unmaskings
       where agent_id = ${who.agentId} order by field`;
    expect(kept).toHaveLength(4);
    expect(kept.every((row) => row.ten === true)).toBe(true);
  });
  it("is refused before the caller is verified", async () => {
    const who = desk.anAgent();
    const callId = await stage.placeCall(who);
    await open(who, 11, { kind: "call", callId });
    await expect(unmask(who, 11, "ssn")).rejects.toMatchObject({ code: "IDENTITY_UNVERIFIED" });
  });
});

describe("the application's credentials alone", () => {
  it("show no patient who was not opened", async () => {
    const rows = await stage.sqlAs(supervisor, (tx) => tx`select patient_id from portal.patients`);
    expect(rows).toEqual([]);
  });
  it.each([
    "ssn",
    "email",
    "phone",
    "phone_digits",
    "insurance_policy_number",
    "ssn_last_four_index",
  ])("cannot read the column %s", async (column) => {
    const reading = stage.sqlAs(supervisor, (tx) => tx`select ${tx(column)} from portal.patients`);
    await expect(reading).rejects.toMatchObject({ code: "42501" });
  });
  it("cannot open a patient in another agent's name, nor for another agent's call", async () => {
    const [who, other] = [desk.anAgent(), desk.anAgent()];
    const callId = await stage.placeCall(other);
    const patientId = await idOf(14);
    const opening = (agentId: string) =>
      stage.sqlAs(
        who,
        (tx) => tx`
          insert into portal.patient_openings (opening_id, agent_id, patient_id, because, call_id, opened_at, expires_at)
          values (gen_random_uuid(), ${agentId}, ${patientId}, 'call', ${callId}, now(), now() + interval '1 hour')`,
      );
    await expect(opening(other.agentId)).rejects.toMatchObject({ code: "42501" });
    await expect(opening(who.agentId)).rejects.toMatchObject({ code: "42501" });
  });
  it("finds by name through the index, not by reading every patient", async () => {
    await stage.owner`analyze portal.patients`;
    const plan = await stage.owner.begin(async (sql) => {
      await sql`set local enable_seqscan = off`;
      return sql`
        explain select patient_id from portal.patients p
         where p.last_name_key >= ${"demo"} and p.last_name_key < ${"demo\u{10FFFF}"}
         order by p.last_name_key, p.first_name_key, p.patient_id limit 21`;
    });
    expect(JSON.stringify(plan)).toContain("ix_patients_name");
  });
});
