import * as contract from "@careline/portal-contract/adverse-events/schemas.ts";
import { expect, it } from "vitest";
import {
  drugActions,
  drugRoles,
  outcomes,
  reporterTypes,
  seriousnessCriteria,
  severities,
  sexes,
} from "./codes.ts";

it("offers every code of the contract [HCC-DB-07] [HCC-POR-05]", () => {
  expect(severities).toEqual(contract.severities);
  expect(outcomes).toEqual(contract.outcomes);
  expect(reporterTypes).toEqual(contract.reporterTypes);
  expect(seriousnessCriteria).toEqual(contract.seriousnessCriteria);
  expect(drugRoles).toEqual(contract.eventDrugSchema.shape.role.options);
  expect(drugActions).toEqual(contract.eventDrugSchema.shape.action.options);
  expect(sexes).toEqual(contract.eventPatientSchema.shape.sex.options);
});
