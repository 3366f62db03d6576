export { PortalError, type PortalErrorOptions, staleVersion } from "./portal-error.ts";
