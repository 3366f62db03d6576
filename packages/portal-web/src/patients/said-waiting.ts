import type { OutboxItem } from "@careline/outbox";

/** Whether what was said of this call's caller towards the patient lies on this computer and was not refused. */
export function isSaidWaiting(
  ids: { readonly callId: string; readonly patientId: string },
  items: readonly OutboxItem[],
): boolean {
  return items.some(
    ({ write, state }) =>
      write?.path === `/api/calls/${ids.callId}/caller` &&
      state.kind !== "conflict" &&
      isAbout(write.body, ids.patientId),
  );
}

function isAbout(body: unknown, patientId: string): boolean {
  return (
    typeof body === "object" && body !== null && "patientId" in body && body.patientId === patientId
  );
}
