import { systemRandom } from "@careline/platform";
import { newKeysFile } from "@careline/portal-api";
import { ensureSecretText, type Layout } from "../layout/index.ts";

/** The portal's key file, the same for both regions, made at the first start. */
export function ensurePortalKeys(layout: Layout): string {
  return ensureSecretText(layout, "portal-keys.json", () =>
    JSON.stringify(newKeysFile(systemRandom)),
  );
}
