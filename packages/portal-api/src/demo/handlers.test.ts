import { describe, expect, it } from "vitest";
import type { RequestContext } from "../serving/index.ts";
import type { SimulatorProvider } from "../telephony/index.ts";
import { demoHandlers } from "./handlers.ts";

const ctx = { signal: new AbortController().signal } as RequestContext;
const input = (body: unknown) => ({ params: undefined, query: undefined, body });

describe("the demonstration page", () => {
  it("does not exist in an installation that is none", async () => {
    for (const handler of demoHandlers(null)) {
      await expect(handler.run(ctx, input({}), undefined)).rejects.toMatchObject({
        code: "NOT_FOUND",
      });
    }
  });
  it("passes what it is asked to the carrier, and says when the carrier knows nothing of it", async () => {
    const asked: string[] = [];
    const simulator = {
      ask: (method: string, path: string) => {
        asked.push(`${method} ${path}`);
        return Promise.resolve(null);
      },
    } as unknown as SimulatorProvider;
    for (const handler of demoHandlers(simulator)) {
      await expect(handler.run(ctx, input({}), undefined)).rejects.toMatchObject({
        code: "CARRIER_UNAVAILABLE",
      });
    }
    expect(asked).toEqual(["GET /v1/state", "POST /v1/calls", "PUT /v1/stream"]);
  });
});
