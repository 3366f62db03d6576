export { InactivityWatch } from "./inactivity-watch.tsx";
export { PersonProvider, usePerson } from "./person.tsx";
export { lockScreen } from "./screen-lock.ts";
export { type Session, type SignedIn, sessionKey, sessionQuery } from "./session.ts";
export { SessionGate } from "./session-gate.tsx";
export { SignInPage } from "./sign-in-page.tsx";
export { signOut } from "./sign-out.ts";
export { SignOutDialog } from "./sign-out-dialog.tsx";
