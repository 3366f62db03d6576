export { createFieldCipher, type FieldCipher, type FieldName } from "./field-cipher.ts";
export { KeyRing, keysFileSchema, newKeysFile } from "./keys.ts";
export { open, seal } from "./sealed-text.ts";
