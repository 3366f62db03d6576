import { z } from "zod";

/** A UUIDv7 made by the client (RFC 9562). */
export const idSchema = z.uuidv7();

/** A UTC instant as ISO 8601 text with `Z`. */
export const instantSchema = z.iso.datetime();

/** Version of a record, for ETag and If-Match. Starts at 1, grows by one at each change. */
export const versionSchema = z.int().positive();

/** A number that clients count with: as large as PostgreSQL's integer, 2^31 - 1. */
export const counterSchema = z.int().max(2_147_483_647);

/** Query part of a cursor-paged list. */
export const pageQueryShape = {
  /** Opaque; from `next` of the page before. */
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
} as const;

/** A page of a list in a total order; `next` is null at its end. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() });
}
