/** What this browser knows about the service. Instants are wall time of this browser, ISO 8601. */
export type ServiceState =
  | { readonly kind: "unknown" }
  | {
      readonly kind: "serving";
      readonly site: SiteName | null;
      /** Since when commits are in this region only, as the service said last; null while both have them. */
      readonly unprotectedSince: string | null;
    }
  /** A region answers, none may save: reads come from a copy `ageSeconds` old when it is known. */
  | {
      readonly kind: "read-only";
      readonly since: string;
      readonly site: SiteName | null;
      readonly ageSeconds: number | null;
    }
  | { readonly kind: "unreachable"; readonly since: string };

export type SiteName = "east" | "west";

/** One thing that was just seen. */
export type Sighting =
  | {
      readonly kind: "answered";
      readonly site: SiteName | null;
      readonly ageSeconds: number | null;
    }
  /** The service itself said whether it may save. */
  | {
      readonly kind: "reported";
      readonly site: SiteName | null;
      readonly writable: boolean;
      readonly unprotectedSince: string | null;
      readonly ageSeconds: number | null;
    }
  | { readonly kind: "write-refused" }
  | { readonly kind: "no-answer" };

/**
 * The state after `sighting` at `at`. "Since" is kept while the state stays the same kind, so that the banner
 * says when it began. A plain answer without an age ends "unreachable", but never "read-only": only the
 * service's own report does, because a paused region also answers some reads.
 */
export function afterSighting(state: ServiceState, sighting: Sighting, at: string): ServiceState {
  switch (sighting.kind) {
    case "no-answer":
      return state.kind === "unreachable"
        ? state
        : { kind: "unreachable", since: sinceOf(state, at) };
    case "write-refused":
      return state.kind === "read-only"
        ? state
        : { kind: "read-only", since: sinceOf(state, at), site: siteOf(state), ageSeconds: null };
    case "answered":
      if (sighting.ageSeconds !== null) return readOnly(state, sighting, at);
      if (state.kind === "read-only") return state;
      return serving(state, sighting.site, unprotectedIn(state));
    case "reported":
      return sighting.writable
        ? serving(state, sighting.site, sighting.unprotectedSince)
        : readOnly(state, sighting, at);
  }
}

/** The same state again changes nothing: every answer is a sighting. */
function serving(
  state: ServiceState,
  site: SiteName | null,
  unprotectedSince: string | null,
): ServiceState {
  const isSame = state.kind === "serving" && state.site === site;
  return isSame && state.unprotectedSince === unprotectedSince
    ? state
    : { kind: "serving", site, unprotectedSince };
}

function unprotectedIn(state: ServiceState): string | null {
  return state.kind === "serving" ? state.unprotectedSince : null;
}

function readOnly(
  state: ServiceState,
  seen: { readonly site: SiteName | null; readonly ageSeconds: number | null },
  at: string,
): ServiceState {
  return {
    kind: "read-only",
    since: sinceOf(state, at),
    site: seen.site,
    ageSeconds: seen.ageSeconds,
  };
}

/** Nothing could be saved from the first of these states on, whichever of them it is now. */
function sinceOf(state: ServiceState, at: string): string {
  return state.kind === "read-only" || state.kind === "unreachable" ? state.since : at;
}

function siteOf(state: ServiceState): SiteName | null {
  return state.kind === "serving" || state.kind === "read-only" ? state.site : null;
}
