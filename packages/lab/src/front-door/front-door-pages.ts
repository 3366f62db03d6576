import { problems } from "@careline/portal-contract";

/** What the front door may have to say by itself: the code in the portal's table, by HTTP status. */
export const frontDoorAnswers = [
  { status: 403, code: "FRONT_DOOR_REFUSED", title: "The front door refused this request" },
  { status: 429, code: "RATE_LIMITED", title: "Too many requests" },
  { status: 502, code: "FRONT_DOOR_BROKEN", title: "The region broke off while answering" },
  { status: 503, code: "NO_REGION", title: "No region answers at the moment" },
  { status: 504, code: "FRONT_DOOR_BROKEN", title: "The region did not answer in time" },
] as const satisfies readonly {
  readonly status: number;
  readonly code: keyof typeof problems;
  readonly title: string;
}[];

export type FrontDoorAnswer = (typeof frontDoorAnswers)[number];

/** RFC 9457, as the portal's own problem documents. */
export function problemDocument({ status, code, title }: FrontDoorAnswer): string {
  const { remedy, retryable } = problems[code];
  return JSON.stringify({ type: "about:blank", title, status, code, detail: remedy, retryable });
}

/** What a person sees who opens the portal while nothing answers; tries again by itself. */
export function plainPage({ status, code, title }: FrontDoorAnswer): string {
  const isPassing = problems[code].retryable;
  const advice = isPassing
    ? "This page tries again by itself every few seconds. What you wrote is kept on this computer and is sent once a region answers."
    : "Go back, or open Careline again from its start page.";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${isPassing ? '<meta http-equiv="refresh" content="3">' : ""}
<title>${title} · Careline</title><style>
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; background: Canvas; color: CanvasText; }
main { width: min(34rem, 100% - 2rem); }
</style></head><body><main><h1>${title}</h1><p role="status">${advice}</p><p>Code: ${code} (${status})</p></main></body></html>
`;
}
