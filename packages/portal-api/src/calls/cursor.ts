import { PortalError } from "../problems/index.ts";

/** A place in a list ordered by time and id. */
export interface Place {
  readonly at: Date;
  readonly id: string;
}

export function encodeCursor(place: Place): string {
  return Buffer.from(JSON.stringify([place.at.getTime(), place.id])).toString("base64url");
}

/** Errors: REQUEST_INVALID for anything that `encodeCursor` did not make. */
export function decodeCursor(text: string | undefined): Place | null {
  if (text === undefined) return null;
  try {
    const [at, id] = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as unknown[];
    if (Number.isSafeInteger(at) && typeof id === "string" && /^[0-9a-f-]{36}$/.test(id)) {
      return { at: new Date(at as number), id };
    }
  } catch {
    // Fall through: not one of ours.
  }
  throw new PortalError("REQUEST_INVALID", "the cursor was not made by this list", {
    fields: [{ at: "query.cursor", rule: "cursor" }],
  });
}

/** A page of at most `limit` items and the cursor of the next one, from `limit` + 1 items. */
export function pageFrom<Item>(
  items: readonly Item[],
  limit: number,
  placeOf: (item: Item) => Place,
): { items: Item[]; next: string | null } {
  const kept = items.slice(0, limit);
  const last = kept.at(-1);
  const hasMore = items.length > limit && last !== undefined;
  return { items: kept, next: hasMore ? encodeCursor(placeOf(last)) : null };
}
