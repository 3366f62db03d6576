export { type InternalCode, internalCodes } from "./internal-codes.ts";
export { PortalError, type PortalErrorOptions, staleVersion } from "./portal-error.ts";
