import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

/** How long a server waits for somebody, in milliseconds, before the connection ends. */
export interface Patience {
  /** Until they have proven who they are: several round trips of a slow link. */
  readonly handshake: number;
  readonly headers: number;
  /** A whole request: the rows of a salvaged copy are megabytes. */
  readonly request: number;
  /** How often the last two are looked at. */
  readonly look: number;
}

export const usualPatience: Patience = {
  handshake: 10_000,
  headers: 10_000,
  request: 30_000,
  look: 5_000,
};

const statusOfBytes: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Answers what is no HTTP request, or did not come in time, for which there is no route: with `bodyOf(status)`, a problem document, if there
 * is one. Ends the connection.
 */
export function refuseBytes(
  error: Error,
  socket: Socket,
  bodyOf: (status: number) => string = () => "",
): void {
  const code = "code" in error ? String(error.code) : "";
  // Before the handshake is done nothing can be written, and whoever waited for that would keep the connection.
  const isHttp = code.startsWith("HPE_") || code.startsWith("ERR_HTTP_");
  if (!isHttp || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusOfBytes[code] ?? 400;
  const body = bodyOf(status);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Connection: close",
    ...(body === "" ? [] : ["Content-Type: application/problem+json"]),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ].join("\r\n");
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy());
}
