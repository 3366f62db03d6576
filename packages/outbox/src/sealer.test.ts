import { expect, it } from "vitest";
import { createSealingKey, webCryptoSealer } from "./sealer.ts";

const refused = { name: "OperationError" };
const text = new TextEncoder().encode("takes warfarin, fell on Tuesday");

it("opens what it sealed, and never seals to the same bytes twice", async () => {
  const sealer = webCryptoSealer(await createSealingKey());
  const first = await sealer.seal(text, "user-a/1");
  const second = await sealer.seal(text, "user-a/1");
  expect(await sealer.open(first, "user-a/1")).toEqual(text);
  expect(second).not.toEqual(first);
  expect(new TextDecoder("latin1").decode(first)).not.toContain("warfarin");
});

it("does not open another user's item, an item moved to another id, or a changed one", async () => {
  const sealer = webCryptoSealer(await createSealingKey());
  const other = webCryptoSealer(await createSealingKey());
  const sealed = await sealer.seal(text, "user-a/1");
  await expect(other.open(sealed, "user-a/1")).rejects.toMatchObject(refused);
  await expect(sealer.open(sealed, "user-a/2")).rejects.toMatchObject(refused);
  const changed = Uint8Array.from(sealed, (byte, at) => (at === 20 ? byte ^ 1 : byte));
  await expect(sealer.open(changed, "user-a/1")).rejects.toMatchObject(refused);
});

it("keeps its key where no script can read it", async () => {
  const key = await createSealingKey();
  await expect(crypto.subtle.exportKey("raw", key)).rejects.toMatchObject({
    name: "InvalidAccessError",
  });
});
