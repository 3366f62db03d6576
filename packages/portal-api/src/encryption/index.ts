export type { FieldCipher, FieldName } from "./field-cipher.ts";
