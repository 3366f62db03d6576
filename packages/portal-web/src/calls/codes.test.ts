import { callerRelationshipSchema } from "@careline/portal-contract/callers/index.ts";
import * as contract from "@careline/portal-contract/calls/codes.ts";
import { expect, it } from "vitest";
import { callReasons, noteTypes, relationships, screenQuestions } from "./codes.ts";

it("offers every code of the contract [HCC-DB-05] [HCC-DB-08]", () => {
  expect(noteTypes).toEqual(contract.noteTypes);
  expect(callReasons).toEqual(contract.callReasons);
  expect(screenQuestions).toEqual(contract.screenQuestions);
  expect(relationships).toEqual(callerRelationshipSchema.options);
});
