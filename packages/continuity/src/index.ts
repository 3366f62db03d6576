export {
  CONTINUITY_ERRORS,
  ContinuityError,
  type ContinuityErrorCode,
} from "./errors.ts";
