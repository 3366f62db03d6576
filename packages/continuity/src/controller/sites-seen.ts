import {
  type QuorumSeen,
  type Site,
  type SiteRecord,
  siteRecordSchema,
  siteSchema,
} from "@careline/continuity-core";
import { type Clock, describeError, type Logger } from "@careline/platform";
import { parseRecord, type StoredRecord } from "../store/index.ts";

interface SeenSite {
  readonly record: SiteRecord;
  readonly revision: number;
  readonly sinceMs: number;
}

const prefix = "sites/";

/**
 * The heartbeats of all sites, with their ages on this process's clock. One that cannot be read makes its site look silent and
 * nothing else: nothing for safety rests on heartbeats, and a site of another version must not blind this one.
 */
export class SitesSeen {
  readonly #deps: { readonly clock: Clock; readonly log: Logger };
  readonly #sites = new Map<Site, SeenSite>();
  /** Sites whose heartbeat could not be read, so that it is said once and not twice a second. */
  readonly #unreadable = new Set<Site>();

  constructor(deps: { readonly clock: Clock; readonly log: Logger }) {
    this.#deps = deps;
  }

  /** Of `records`, those under `sites/`. */
  take(records: Iterable<StoredRecord>): void {
    for (const record of records) {
      if (!record.key.startsWith(prefix)) continue;
      const site = siteSchema.safeParse(record.key.slice(prefix.length));
      if (site.success && this.#sites.get(site.data)?.revision !== record.revision) {
        this.#takeOne(site.data, record);
      }
    }
  }

  seen(): QuorumSeen["sites"] {
    const now = this.#deps.clock.monotonicMs();
    const ages = [...this.#sites].map(([site, { record, sinceMs }]) => [
      site,
      { record, ageMs: now - sinceMs },
    ]);
    return Object.fromEntries(ages);
  }

  #takeOne(site: Site, stored: StoredRecord): void {
    const isFirst = !this.#sites.has(site);
    let record: SiteRecord;
    try {
      record = parseRecord(stored, siteRecordSchema);
    } catch (thrown) {
      if (this.#unreadable.has(site)) return;
      this.#unreadable.add(site);
      this.#deps.log.error({ site, error: describeError(thrown) }, "a heartbeat cannot be read");
      return;
    }
    this.#unreadable.delete(site);
    this.#sites.set(site, {
      record,
      revision: stored.revision,
      // The first sight of a record says nothing about its age: only a change does.
      sinceMs: isFirst ? Number.NEGATIVE_INFINITY : this.#deps.clock.monotonicMs(),
    });
  }
}
