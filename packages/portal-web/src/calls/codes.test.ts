import {
  authoritySchema,
  callerRelationshipSchema,
} from "@careline/portal-contract/callers/index.ts";
import * as contract from "@careline/portal-contract/calls/codes.ts";
import { expect, it } from "vitest";
import {
  authorityScopes,
  callReasons,
  noteTypes,
  relationships,
  screenQuestions,
  waysToVerify,
} from "./codes.ts";

it("offers every code of the contract [HCC-DB-05] [HCC-DB-08]", () => {
  expect(noteTypes).toEqual(contract.noteTypes);
  expect(callReasons).toEqual(contract.callReasons);
  expect(screenQuestions).toEqual(contract.screenQuestions);
  expect(relationships).toEqual(callerRelationshipSchema.options);
  const { shape } =
    authoritySchema.options.find((one) => one.shape.kind.value === "representative") ?? {};
  expect({ verifiedBy: waysToVerify, scope: authorityScopes }).toEqual({
    verifiedBy: shape !== undefined && "scope" in shape ? shape.verifiedBy.options : [],
    scope: shape !== undefined && "scope" in shape ? shape.scope.options : [],
  });
});
