import type { OutboxItem } from "@careline/outbox";
import { updatePatientBodySchema } from "@careline/portal-contract/patients/index.ts";
import { describe, expect, it } from "vitest";
import { verifiedCard } from "./card-builder.test-data.ts";
import { canBeSent, changesOf, waitingCorrection } from "./correction.ts";

const { details } = verifiedCard;
const changes = (typed: Parameters<typeof changesOf>[2]) => changesOf(verifiedCard, details, typed);
const reason = "The caller has moved house";

describe("a correction of a patient's record", () => {
  it("holds what differs, and nothing that was typed as it stands", () => {
    expect(changes({ city: " Sampleton ", zipCode: "20000", lastName: "Example" })).toEqual({
      zipCode: "20000",
    });
  });
  it("leaves a masked number alone until another one is typed", () => {
    expect(changes({ phone: "", email: "  " })).toEqual({});
    expect(changes({ phone: "+1 555 555 0199" })).toEqual({ phone: "+1 555 555 0199" });
  });
  it("empties a field, and never a name into nothing at all", () => {
    expect(changes({ address: "", firstName: "" })).toEqual({ address: null, firstName: "" });
  });
  it("takes a state in any case", () => {
    expect(changes({ state: "ca" })).toEqual({ state: "CA" });
  });
  it("is sent as the service takes it, and not before there is a reason", () => {
    const made = changes({
      state: "ca",
      dateOfBirth: "1981-02-28",
      sex: "other",
      email: "a@b.org",
    });
    expect(canBeSent(made, reason)).toBe(true);
    expect(updatePatientBodySchema.safeParse({ reason, changes: made }).success).toBe(true);
    expect(canBeSent(made, "too short")).toBe(false);
    expect(canBeSent({}, reason)).toBe(false);
    expect(canBeSent(changes({ state: "New York" }), reason)).toBe(false);
    expect(canBeSent(changes({ phone: "12" }), reason)).toBe(false);
  });
});

describe("what became of it", () => {
  const item = (kind: OutboxItem["state"]["kind"], patientId: string = verifiedCard.patientId) =>
    ({
      state: { kind },
      write: { method: "PATCH", path: `/api/patients/${patientId}`, recordKey: "call:1" },
    }) as OutboxItem;
  it("is said while it waits and when it was refused, about this patient only", () => {
    const { patientId } = verifiedCard;
    expect(waitingCorrection(patientId, [])).toBeNull();
    expect(waitingCorrection(patientId, [item("queued")])).toBe("waits");
    expect(waitingCorrection(patientId, [item("queued"), item("conflict")])).toBe("refused");
    expect(waitingCorrection(patientId, [item("acknowledged")])).toBeNull();
    expect(waitingCorrection(patientId, [item("queued", "another")])).toBeNull();
  });
});
