export {
  claimKey,
  forgetOldAnswers,
  parseKey,
  type RequestIdentity,
  requestHash,
  type StoredAnswer,
  sealAnswer,
} from "./claim.ts";
