import { systemRandom } from "@careline/platform";
import { ensureSecretText, type Layout } from "../layout/index.ts";

/** The portal's key file, the same for both regions: one 256-bit key, made at the first start. */
export function ensurePortalKeys(layout: Layout): string {
  return ensureSecretText(layout, "portal-keys.json", () => {
    const id = `lab-${layout.settings.installation}`;
    const key = Buffer.from(systemRandom.bytes(32)).toString("base64url");
    return JSON.stringify({ current: id, keys: { [id]: key } });
  });
}
