import type { Clock, Logger, Random } from "@careline/platform";
import type { Site } from "@careline/portal-contract";
import type { Database } from "../database/index.ts";
import type { KeyRing } from "../encryption/index.ts";
import type { EventPublisher } from "../event-stream/index.ts";
import type { PermitView } from "../permit/index.ts";
import type { TermList } from "../terms/index.ts";
import type { SessionReader } from "./session-reader.ts";

/** What the serving path works with; built once in app.ts. */
export interface ServingDeps {
  readonly site: Site;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly database: Database;
  readonly permit: PermitView;
  readonly terms: TermList;
  readonly keys: KeyRing;
  readonly events: EventPublisher;
  readonly sessions: SessionReader;
  readonly publicOrigins: readonly string[];
}
