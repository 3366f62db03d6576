export { type InternalCode, internalCodes } from "./internal-codes.ts";
export { PortalError, type PortalErrorOptions, staleVersion } from "./portal-error.ts";
export { problemDocument, problemHeaders } from "./problem-document.ts";
