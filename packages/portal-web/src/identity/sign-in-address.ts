import { addressOf, routeTable } from "../api/index.ts";

/** A path of these screens to come back to; never another host. */
export function safeReturnPath(path: string | undefined): string {
  return path !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(path) ? path : "/";
}

/** Where the browser goes to sign in and unlock: addresses of the service, not of these screens. */
export const SignInAddress = {
  signIn: (returnTo?: string): string =>
    addressOf(routeTable.startSignIn.path, {}, { returnTo: safeReturnPath(returnTo) }),
  unlock: (): string =>
    addressOf(routeTable.startUnlock.path, {}, { returnTo: safeReturnPath(location.pathname) }),
};
