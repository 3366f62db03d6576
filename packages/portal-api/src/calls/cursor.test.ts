import { expect, it } from "vitest";
import { decodeCursor, encodeCursor, pageFrom } from "./cursor.ts";

const place = {
  at: new Date("2026-11-22T09:00:00.123Z"),
  id: "0198f1aa-0000-7000-8000-000000000001",
};

it("comes back as it went", () => {
  expect(decodeCursor(encodeCursor(place))).toEqual(place);
  expect(decodeCursor(undefined)).toBeNull();
});
it("refuses what it did not make", () => {
  for (const text of [
    "",
    "x",
    Buffer.from("[1]").toString("base64url"),
    Buffer.from('["a","b"]').toString("base64url"),
  ]) {
    expect(() => decodeCursor(text), text).toThrow(
      expect.objectContaining({ code: "REQUEST_INVALID" }),
    );
  }
});
it("gives a next cursor only where more follows", () => {
  const items = [1, 2, 3];
  expect(pageFrom(items, 2, () => place)).toEqual({ items: [1, 2], next: encodeCursor(place) });
  expect(pageFrom(items, 3, () => place)).toEqual({ items: [1, 2, 3], next: null });
});
