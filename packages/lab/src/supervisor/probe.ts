import { request } from "node:https";
import { connect } from "node:net";
import { type Clock, readTlsFiles } from "@careline/platform";
import type { Probe } from "./process-spec.ts";

const attemptWithinMs = 1000;
const betweenAttemptsMs = 40;

/**
 * Waits until a probe succeeds; false when it did not before the signal was aborted.
 * Leaves nothing open.
 */
export async function waitUntilReady(
  probe: Probe,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    if (await isReady(probe, clock, signal)) return true;
    await clock.sleep(betweenAttemptsMs, signal).catch(() => {
      // Aborted: the loop's condition ends it.
    });
  }
  return false;
}

function isReady(probe: Probe, clock: Clock, signal: AbortSignal): Promise<boolean> {
  switch (probe.kind) {
    case "port":
      return accepts({ host: "127.0.0.1", port: probe.port }, clock);
    case "socket":
      return accepts({ path: probe.path }, clock);
    case "https":
      return answersOk(probe, AbortSignal.any([signal, clock.deadline(attemptWithinMs)]));
    case "exit":
      return Promise.resolve(false);
  }
}

function accepts(
  where: { readonly host: string; readonly port: number } | { readonly path: string },
  clock: Clock,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(where);
    const done = (isOpen: boolean): void => {
      cancel();
      socket.destroy();
      resolve(isOpen);
    };
    const cancel = clock.after(attemptWithinMs, () => done(false));
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}

function answersOk(
  probe: Extract<Probe, { kind: "https" }>,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request(
      probe.url,
      { ...readTlsFiles(probe.tls), minVersion: "TLSv1.3", agent: false, signal },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    sent.once("error", () => resolve(false));
    sent.end();
  });
}
