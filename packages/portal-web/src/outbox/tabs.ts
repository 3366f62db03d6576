import type { OutboxLock, TabMessage, TabSignals } from "@careline/outbox";

/** One tab at a time, by Web Locks: a tab that is closed or crashes gives the lock up by itself. */
export const webLock: OutboxLock = {
  async hold(name, task, signal) {
    await navigator.locks.request(name, { signal }, task);
  },
};

/** What the tabs of one profile tell each other about the writes of `owner`. */
export function tabSignals(owner: string): TabSignals & { close(): void } {
  const channel = new BroadcastChannel(`careline-outbox:${owner}`);
  return {
    announce: (message) => channel.postMessage(message),
    subscribe(listener) {
      const onMessage = (event: MessageEvent<TabMessage>): void => listener(event.data);
      channel.addEventListener("message", onMessage);
      return () => channel.removeEventListener("message", onMessage);
    },
    close: () => channel.close(),
  };
}
