import { send } from "../api/index.ts";
import { forgetPerson } from "./remembered-person.ts";
import { clearLock } from "./screen-lock.ts";

/**
 * Ends the session, then leaves for where the identity provider ends its own. Throws ApiError while no region
 * can end it: the person stays signed in, because a session that only looks ended is worse.
 */
export async function signOut(signal: AbortSignal): Promise<void> {
  const { data } = await send("signOut", {}, signal);
  forgetPerson();
  clearLock();
  location.assign(data.continueAt);
}
