import type { FieldCipher } from "../encryption/index.ts";
import type { RegisteredHandler } from "../serving/index.ts";
import { correctHandlers } from "./correct.ts";
import { openHandlers } from "./open.ts";
import { registerHandlers } from "./register.ts";
import { searchHandlers } from "./search.ts";
import { unmaskHandlers } from "./unmask.ts";
import { verifyHandlers } from "./verify.ts";

export { type PlainPatient, sealedFields, sealPatient } from "./seal-patient.ts";

/** Handlers of the patients' routes. */
export function patientsHandlers(deps: {
  readonly cipher: FieldCipher;
}): readonly RegisteredHandler[] {
  return [
    ...searchHandlers,
    ...openHandlers,
    ...verifyHandlers(deps.cipher),
    ...unmaskHandlers(deps.cipher),
    ...registerHandlers(deps.cipher),
    ...correctHandlers,
  ];
}
