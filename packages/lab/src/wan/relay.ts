import { connect, type Socket } from "node:net";
import type { Clock } from "@careline/platform";
import { Lane } from "./lane.ts";
import type { Link, Traveller } from "./link.ts";

export interface RelayOptions {
  readonly forth: Link;
  readonly back: Link;
  readonly targetPort: number;
  readonly clock: Clock;
}

/**
 * Carries one accepted connection to its target. The kernel has accepted for us, so the caller
 * believes itself connected at once; what it sends departs one round trip later, when a real
 * handshake would have ended. While either direction is cut no handshake can end: the target is
 * not dialled and the caller hears nothing.
 */
export function relay(caller: Socket, options: RelayOptions): void {
  const { forth, back, clock } = options;
  caller.setNoDelay(true);
  const acceptedMs = clock.monotonicMs();
  const handshakeEndsMs = acceptedMs + forth.latencyMs + back.latencyMs;
  let target: Socket | null = null;
  const resetBoth = (): void => {
    caller.resetAndDestroy();
    target?.resetAndDestroy();
  };
  const outbound = new Lane(forth, clock, caller, handshakeEndsMs, resetBoth);
  let isDialling = false;

  const dial = (): void => {
    isDialling = true;
    const opened = connect({ host: "127.0.0.1", port: options.targetPort, allowHalfOpen: true });
    target = opened;
    opened.setNoDelay(true);
    new Lane(back, clock, opened, 0, resetBoth).connect(caller);
    outbound.connect(opened);
  };
  const waiting: Traveller = { resume: tryToDial, reset: resetBoth };
  function tryToDial(): void {
    if (isDialling || caller.destroyed || forth.isBlocked() || back.isBlocked()) return;
    const restMs = acceptedMs + forth.latencyMs - clock.monotonicMs();
    if (restMs > 0.5) {
      clock.after(restMs, tryToDial);
      return;
    }
    stopWaiting();
    dial();
  }
  function stopWaiting(): void {
    forth.leave(waiting);
    back.leave(waiting);
  }
  caller.once("close", () => {
    stopWaiting();
    if (!isDialling) outbound.abandon();
  });
  forth.join(waiting);
  back.join(waiting);
  tryToDial();
}
