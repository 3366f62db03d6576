import type { Clock, Logger, Random, Registry } from "@careline/platform";
import type { PortalConfig } from "./config.ts";
import type { FieldCipher } from "./encryption/index.ts";
import type { DeskSigns, EventPublisher } from "./event-stream/index.ts";
import type { PermitView } from "./permit/index.ts";
import type { Redis } from "./redis/index.ts";
import type { BackgroundWrites } from "./serving/index.ts";

/** What slices may use, built once in main.ts. */
export interface PortalDeps {
  readonly config: PortalConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly permit: PermitView;
  /** Never the only copy of anything, and may be away: every call has a limit and a way on. */
  readonly redis: Redis;
  /** Field encryption (JWE) and blind indexes. */
  readonly cipher: FieldCipher;
  /** Which agents have a desk that listens. */
  readonly signs: DeskSigns;
  readonly background: BackgroundWrites;
  /** For events that no transaction causes; inside one use `ctx.publish`. */
  readonly events: EventPublisher;
}
