import { routes } from "@careline/portal-contract";
import {
  demoStateAnswerSchema,
  demoStreamSchema,
  placeDemoCallAnswerSchema,
} from "@careline/portal-contract/demo/schemas.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";
import type { SimulatorProvider } from "../telephony/index.ts";

/** Handlers of the demonstration page; `simulator` is null where the installation is none: 404. */
export function demoHandlers(simulator: SimulatorProvider | null): readonly RegisteredHandler[] {
  const carrier = (): SimulatorProvider => {
    if (simulator === null) throw new PortalError("NOT_FOUND", "not a demonstration installation");
    return simulator;
  };
  const unavailable = (): never => {
    throw new PortalError("CARRIER_UNAVAILABLE", "the carrier knows no such address");
  };
  return [
    handle(routes.readDemoState, async (ctx) => ({
      body:
        (await carrier().ask("GET", "/v1/state", undefined, demoStateAnswerSchema, ctx.signal)) ??
        unavailable(),
    })),
    handle(routes.placeDemoCall, async (ctx, { body }) => {
      const answer = placeDemoCallAnswerSchema;
      const placed = await carrier().ask("POST", "/v1/calls", body, answer, ctx.signal);
      return { body: placed ?? unavailable() };
    }),
    handle(routes.setDemoStream, async (ctx, { body }) => ({
      body:
        (await carrier().ask("PUT", "/v1/stream", body, demoStreamSchema, ctx.signal)) ??
        unavailable(),
    })),
  ];
}
