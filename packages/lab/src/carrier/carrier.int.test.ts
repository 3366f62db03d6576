import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock, systemRandom } from "@careline/platform";
import { createSimulator } from "@careline/portal-api/telephony/index.ts";
import { verifyWebhook } from "@careline/portal-api/telephony/webhook-signature.ts";
import { createTestAuthority, type TestAuthority } from "@careline/portal-api/testing/index.ts";
import {
  type ProviderEvent,
  webhookBodySchema,
} from "@careline/portal-contract/telephony/schemas.ts";
import { Agent, fetch } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CarrierConfig, carrierConfigSchema } from "./carrier-config.ts";
import { type RunningCarrier, startCarrier } from "./start-carrier.ts";

const token = "the token of this test";
const secret = "the secret of this test";
const agentId = "0198f1aa-0000-7000-8000-00000000000a";

/** A portal that takes webhooks, or refuses them while `status` says so. */
class FakeFrontDoor {
  status = 200;
  refused = 0;
  readonly events: ProviderEvent[] = [];
  readonly verdicts = new Set<string>();
  readonly server: Server;
  constructor(authority: TestAuthority) {
    const files = authority.issue("front-door.test");
    const tls = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
    this.server = createServer(tls, (request, response) => {
      void (async () => {
        let body = "";
        for await (const part of request as AsyncIterable<Buffer>) body += part.toString("utf8");
        const header = (name: string): string | undefined => request.headers[name]?.toString();
        const verdict = verifyWebhook(
          {
            timestamp: header("careline-webhook-timestamp"),
            signature: header("careline-webhook-signature"),
            path: request.url ?? "",
            body,
          },
          secret,
          [`localhost:${this.port}`],
          Math.floor(systemClock.wallNow().getTime() / 1_000),
        );
        this.verdicts.add(verdict.kind);
        if (this.status === 200)
          this.events.push(...webhookBodySchema.parse(JSON.parse(body)).events);
        else this.refused += 1;
        response.writeHead(this.status).end("{}");
      })();
    });
  }
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
}

let authority: TestAuthority;
let door: FakeFrontDoor;
let directory: string;
let config: CarrierConfig;
let carrier: RunningCarrier;
let dispatcher: Agent;

const start = (): Promise<RunningCarrier> =>
  startCarrier(config, { clock: systemClock, random: systemRandom, log: silentLogger() });

async function ask(method: string, path: string, body?: unknown, bearer = token) {
  const answer = await fetch(`https://localhost:${carrier.port}${path}`, {
    method,
    dispatcher,
    headers: { authorization: `Bearer ${bearer}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}
const place = async (over: object = {}): Promise<string> => {
  const call = { queueCode: "safety", language: "en", statedReason: "side effect", ...over };
  return String((await ask("POST", "/v1/calls", call)).body.providerCallId);
};
const command = (id: string, what: object, commandId = systemRandom.uuid()) =>
  ask("POST", `/v1/calls/${id}/commands`, { commandId, command: what });
const kinds = (id: string): string[] =>
  door.events.filter((event) => event.providerCallId === id).map((event) => event.data.kind);

beforeEach(async () => {
  authority = createTestAuthority();
  door = new FakeFrontDoor(authority);
  await new Promise<void>((resolve) => door.server.listen(0, "127.0.0.1", resolve));
  directory = mkdtempSync(join(tmpdir(), "careline-carrier-"));
  const write = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  config = carrierConfigSchema.parse({
    listen: { host: "127.0.0.1", port: 0 },
    tls: authority.issue("carrier.edge"),
    tokenFile: write("token", token),
    webhook: {
      url: `https://localhost:${door.port}/webhooks/telephony/simulator`,
      secretFile: write("secret", secret),
      ca: authority.ca,
      retryFromMs: 10,
      retryToMs: 50,
    },
    stateFile: join(directory, "carrier.json"),
  });
  dispatcher = new Agent({ connect: { ca: readFileSync(authority.ca) } });
  carrier = await start();
});
afterEach(async () => {
  await carrier.close();
  await dispatcher.close();
  door.server.closeAllConnections();
  await new Promise((resolve) => door.server.close(resolve));
  rmSync(directory, { recursive: true });
  authority.remove();
});

describe("the carrier", () => {
  it("tells each step of a call in order, signed", async () => {
    const id = await place();
    await command(id, { kind: "connect", agentId });
    await command(id, { kind: "hold" });
    await command(id, { kind: "hang_up" });
    await expect.poll(() => kinds(id)).toEqual(["arrived", "connected", "held", "ended"]);
    expect(door.events.map((event) => event.sequence)).toEqual([1, 2, 3, 4]);
    expect([...door.verdicts]).toEqual(["valid"]);
  });
  it("carries out a repeated command once and answers it as before", async () => {
    const id = await place();
    const commandId = systemRandom.uuid();
    const first = await command(id, { kind: "connect", agentId }, commandId);
    const second = await command(id, { kind: "connect", agentId }, commandId);
    expect([first.body, second.body]).toEqual([{ applied: true }, { applied: true }]);
    await expect.poll(() => kinds(id)).toEqual(["arrived", "connected"]);
  });
  it("refuses commands without its token", async () => {
    expect((await ask("GET", "/v1/calls", undefined, "a guess")).status).toBe(401);
    expect((await ask("POST", "/v1/calls", {}, "")).status).toBe(401);
  });
  it("refuses a malformed command and knows no call it does not carry", async () => {
    expect((await ask("POST", "/v1/calls", { queueCode: 1 })).status).toBe(400);
    expect((await command("nobody", { kind: "hold" })).status).toBe(404);
  });
  it("lets a caller whose patience ends hang up", async () => {
    const id = await place({ patienceSeconds: 0.2 });
    await expect.poll(() => kinds(id)).toEqual(["arrived", "ended"]);
    expect(door.events.at(-1)?.data).toEqual({ kind: "ended", by: "caller" });
  });
  it("keeps telling until the portal takes it", async () => {
    door.status = 503;
    const id = await place();
    await expect.poll(() => door.refused).toBeGreaterThanOrEqual(2);
    door.status = 200;
    await expect.poll(() => kinds(id)).toEqual(["arrived"]);
  });
  it("keeps calls, patience and untold events through a restart", async () => {
    door.status = 503;
    const id = await place({ patienceSeconds: 600 });
    await command(id, { kind: "connect", agentId });
    await carrier.close();
    carrier = await start();
    expect(carrier.carrier.calls()).toMatchObject([
      { providerCallId: id, state: "connected", agentId },
    ]);
    door.status = 200;
    await expect.poll(() => kinds(id)).toEqual(["arrived", "connected"]);
  });
  it("places a steady stream of fictional callers while it is switched on", async () => {
    await ask("PUT", "/v1/stream", { isOn: true, callsPerMinute: 600 });
    await expect.poll(() => door.events.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(3);
    await ask("PUT", "/v1/stream", { isOn: false, callsPerMinute: 600 });
    const { body } = await ask("GET", "/v1/state");
    expect(body).toMatchObject({ stream: { isOn: false } });
    expect(door.events.every((event) => event.data.kind === "arrived")).toBe(true);
  });
  it("is understood by the portal's driver: commands, calls, a token that is wrong, a carrier that is away", async () => {
    const driverOf = (tokenFile: string, port = carrier.port) =>
      createSimulator(
        {
          provider: "simulator",
          url: `https://127.0.0.1:${port}`,
          serverName: "localhost",
          ca: authority.ca,
          tokenFile,
          webhookSecretFile: config.webhook.secretFile,
          webhookHosts: ["localhost"],
          answerTimeoutMs: 2_000,
        },
        systemClock,
      );
    const signal = new AbortController().signal;
    const driver = driverOf(config.tokenFile);
    const id = await place();
    const connect = {
      commandId: systemRandom.uuid(),
      command: { kind: "connect", agentId },
    } as const;
    expect(await driver.send(id, connect, signal)).toBe(true);
    expect(await driver.calls(signal)).toMatchObject([
      { providerCallId: id, state: "connected", agentId },
    ]);
    expect(await driver.send("nobody", connect, signal)).toBeNull();
    await expect(driverOf(config.webhook.secretFile).calls(signal)).rejects.toMatchObject({
      code: "CARRIER_UNAVAILABLE",
    });
    await expect(driverOf(config.tokenFile, 1).calls(signal)).rejects.toMatchObject({
      code: "CARRIER_UNAVAILABLE",
    });
  });
});
