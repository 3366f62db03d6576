import type { Socket } from "node:net";
import type { Clock } from "@careline/platform";
import { LabError } from "../errors.ts";

const requestBytesMax = 8192;
const requestWithinMs = 5000;

/**
 * Reads an HTTP CONNECT request and answers with the authority (`host:port`) that it asks for.
 * Bytes after the request's head are put back for whoever reads on.
 * Errors: BAD_REQUEST (another method, too long, too slow).
 */
export function readConnectRequest(caller: Socket, clock: Clock): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const stopTimer = clock.after(requestWithinMs, () => fail("took too long"));
    const stop = (): void => {
      stopTimer();
      caller.off("data", onData);
      caller.off("close", onClose);
      caller.pause();
    };
    function fail(why: string): void {
      stop();
      reject(new LabError("BAD_REQUEST", `a proxy request ${why}`));
    }
    const onClose = (): void => fail("ended early");
    function onData(chunk: Buffer): void {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) {
        if (head.length > requestBytesMax) fail("is too long");
        return;
      }
      const line = /^CONNECT (\S+) HTTP\/1\.[01]\r\n/.exec(head.toString("latin1"));
      if (line?.[1] === undefined) {
        fail("is not CONNECT");
        return;
      }
      stop();
      const rest = head.subarray(end + 4);
      if (rest.length > 0) caller.unshift(rest);
      resolve(line[1]);
    }
    caller.on("data", onData);
    caller.on("close", onClose);
  });
}
