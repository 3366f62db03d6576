/** A position in PostgreSQL's write-ahead log as PostgreSQL writes it: two hexadecimal halves, such as `0/16B3748`. */
export type Lsn = string;

export const lsnPattern = /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/;

/** The position in bytes. Exact below 2^53 bytes (8 PiB of log), which no system of this kind writes. */
export function lsnBytes(lsn: Lsn): number {
  const slash = lsn.indexOf("/");
  return (
    Number.parseInt(lsn.slice(0, slash), 16) * 0x1_0000_0000 +
    Number.parseInt(lsn.slice(slash + 1), 16)
  );
}

/** The inverse of `lsnBytes`. */
export function lsnFromBytes(bytes: number): Lsn {
  const high = Math.floor(bytes / 0x1_0000_0000);
  const low = bytes - high * 0x1_0000_0000;
  return `${high.toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`;
}

/** Whether `lsn` lies at or beyond `other`, on the same timeline. */
export function reaches(lsn: Lsn, other: Lsn): boolean {
  return lsnBytes(lsn) >= lsnBytes(other);
}
