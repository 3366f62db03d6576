import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { seededRandom, systemClock } from "@careline/platform";
import { afterEach, describe, expect, it } from "vitest";
import { Wan } from "./wan.ts";
import type { LinkSettings } from "./wan-config.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const quick: LinkSettings = { latencyMs: 0, jitterMs: 0, bandwidthKbps: null };

async function anEcho(): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => socket.destroy());
    socket.pipe(socket);
  });
  await listen(server);
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

async function listen(server: Server): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

/** A port that was free a moment ago. */
async function aFreePort(): Promise<number> {
  const server = createServer();
  await listen(server);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function aWan(there: LinkSettings, back: LinkSettings, targetPort: number) {
  const [listenPort, proxyPort] = [await aFreePort(), await aFreePort()];
  const wan = new Wan(
    {
      controlSocket: "",
      links: [
        { from: "east", to: "west", settings: there },
        { from: "west", to: "east", settings: back },
      ],
      routes: [{ from: "east", to: "west", service: "echo", listenPort, targetPort }],
      proxies: [
        {
          from: "east",
          listenPort: proxyPort,
          targets: [{ authority: "192.0.2.12:2380", to: "west", targetPort }],
        },
      ],
    },
    systemClock,
    seededRandom(1),
  );
  await wan.listen();
  open.push(wan);
  return { wan, listenPort, proxyPort };
}

async function aCaller(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  open.push({ close: () => socket.destroy() });
  return socket;
}

async function echoed(socket: Socket, text: string): Promise<number> {
  const began = systemClock.monotonicMs();
  socket.write(text);
  let heard = "";
  while (heard.length < text.length) heard += String((await once(socket, "data"))[0]);
  expect(heard).toBe(text);
  return systemClock.monotonicMs() - began;
}

describe("a link of the WAN", () => {
  it("takes its latency each way, and the handshake's round trip once", async () => {
    const echo = await anEcho();
    const slow = { ...quick, latencyMs: 30 };
    const { listenPort } = await aWan(slow, slow, echo.port);
    const caller = await aCaller(listenPort);
    const first = await echoed(caller, "first");
    // Four trips of 30 ms; a timer may fire up to a millisecond early.
    expect(first).toBeGreaterThanOrEqual(4 * 29);
    const rounds: number[] = [];
    for (let round = 0; round < 10; round += 1) rounds.push(await echoed(caller, `round ${round}`));
    expect(Math.min(...rounds)).toBeGreaterThanOrEqual(2 * 29);
    // Late by a few ms on a busy machine, but never by another trip.
    expect(Math.min(...rounds)).toBeLessThan(85);
  });

  it("says nothing while it is cut, and delivers what waited once it is healed", async () => {
    const echo = await anEcho();
    const { wan, listenPort } = await aWan(quick, quick, echo.port);
    const caller = await aCaller(listenPort);
    await echoed(caller, "before");
    wan.apply({ kind: "cut", from: "east", to: "west", both: true });
    const events: string[] = [];
    for (const name of ["data", "end", "error", "close"]) caller.on(name, () => events.push(name));
    caller.write("during");
    await systemClock.sleep(150);
    expect(events).toEqual([]);
    wan.apply({ kind: "heal-all" });
    await once(caller, "data");
    expect(events).toEqual(["data"]);
  });

  it("passes one way only when the other is cut", async () => {
    const echo = await anEcho();
    const { wan, listenPort } = await aWan(quick, quick, echo.port);
    const caller = await aCaller(listenPort);
    await echoed(caller, "before");
    wan.apply({ kind: "cut", from: "west", to: "east", both: false });
    const arrived = once(echo.sockets[0] as Socket, "data");
    let heard = 0;
    caller.on("data", () => {
      heard += 1;
    });
    caller.write("there");
    await arrived;
    await systemClock.sleep(50);
    expect(heard).toBe(0);
  });

  it("lets a new connection hang while it is cut instead of refusing it", async () => {
    const echo = await anEcho();
    const { wan, listenPort } = await aWan(quick, quick, echo.port);
    wan.apply({ kind: "cut", from: "east", to: "west", both: false });
    const caller = await aCaller(listenPort);
    caller.write("hello");
    await systemClock.sleep(100);
    expect(echo.sockets).toHaveLength(0);
    wan.apply({ kind: "heal", from: "east", to: "west", both: true });
    await once(caller, "data");
    expect(echo.sockets).toHaveLength(1);
  });

  it("hides the death of the far end while it is cut", async () => {
    const echo = await anEcho();
    const { wan, listenPort } = await aWan(quick, quick, echo.port);
    const caller = await aCaller(listenPort);
    await echoed(caller, "before");
    wan.apply({ kind: "cut", from: "east", to: "west", both: true });
    let isOver = false;
    caller.on("close", () => {
      isOver = true;
    });
    caller.on("error", () => {
      // The reset that arrives after the heal.
    });
    echo.sockets[0]?.destroy();
    await systemClock.sleep(100);
    expect(isOver).toBe(false);
    wan.apply({ kind: "heal-all" });
    await once(caller, "end");
  });

  it("resets both ends when asked", async () => {
    const echo = await anEcho();
    const { wan, listenPort } = await aWan(quick, quick, echo.port);
    const caller = await aCaller(listenPort);
    await echoed(caller, "before");
    const error = once(caller, "error");
    wan.apply({ kind: "reset", from: "east", to: "west", both: true });
    expect((await error)[0]).toMatchObject({ code: "ECONNRESET" });
  });

  it("ends a stall by itself", async () => {
    const echo = await anEcho();
    const { wan, listenPort } = await aWan(quick, quick, echo.port);
    const caller = await aCaller(listenPort);
    await echoed(caller, "before");
    wan.apply({ kind: "stall", from: "east", to: "west", both: false, forMs: 120 });
    expect(await echoed(caller, "during")).toBeGreaterThanOrEqual(115);
  });

  it("shares its bandwidth between connections", async () => {
    const echo = await anEcho();
    const narrow = { ...quick, bandwidthKbps: 8 * 256 };
    const { listenPort } = await aWan(narrow, quick, echo.port);
    const callers = [await aCaller(listenPort), await aCaller(listenPort)];
    const began = systemClock.monotonicMs();
    // 2 × 32 KiB at 256 kB/s take 256 ms together.
    await Promise.all(callers.map((caller) => echoed(caller, "x".repeat(32_768))));
    expect(systemClock.monotonicMs() - began).toBeGreaterThanOrEqual(240);
  });

  it("makes a sender wait instead of keeping everything it says while cut", async () => {
    const echo = await anEcho();
    const { wan, listenPort } = await aWan(quick, quick, echo.port);
    const caller = await aCaller(listenPort);
    await echoed(caller, "before");
    wan.apply({ kind: "cut", from: "east", to: "west", both: true });
    const block = Buffer.alloc(1024 * 1024);
    let sent = 0;
    while (caller.write(block) && sent < 64) sent += 1;
    for (let more = 0; more < 40; more += 1) caller.write(block);
    await systemClock.sleep(200);
    // 41 MiB offered: 4 MiB in the lane and what the kernel's buffers take, the rest stays with the sender.
    expect(caller.writableLength).toBeGreaterThan(16 * 1024 * 1024);
  });

  it("refuses a connection when the target does, one trip later", async () => {
    const nobody = await aFreePort();
    const { listenPort } = await aWan(quick, quick, nobody);
    const caller = connect(listenPort, "127.0.0.1");
    open.push({ close: () => caller.destroy() });
    expect((await once(caller, "error"))[0]).toMatchObject({ code: "ECONNRESET" });
  });

  it("forgets connections that are over", async () => {
    const echo = await anEcho();
    const { wan, listenPort } = await aWan(quick, quick, echo.port);
    for (let round = 0; round < 5; round += 1) {
      const caller = await aCaller(listenPort);
      await echoed(caller, "hello");
      caller.end();
      await once(caller, "close");
    }
    const busy = wan.answer().links.reduce((sum, link) => sum + link.connections, 0);
    expect(busy).toBe(0);
  });
});

describe("a proxy of the WAN", () => {
  it("carries what was asked for by name", async () => {
    const echo = await anEcho();
    const { proxyPort } = await aWan(quick, quick, echo.port);
    const caller = await aCaller(proxyPort);
    caller.write("CONNECT 192.0.2.12:2380 HTTP/1.1\r\nHost: 192.0.2.12:2380\r\n\r\n");
    expect(String((await once(caller, "data"))[0])).toMatch(/^HTTP\/1.1 200 /);
    await echoed(caller, "through");
  });

  it("refuses a name that is not a site's", async () => {
    const echo = await anEcho();
    const { proxyPort } = await aWan(quick, quick, echo.port);
    const caller = await aCaller(proxyPort);
    caller.write("CONNECT 127.0.0.1:22 HTTP/1.1\r\n\r\n");
    expect(String((await once(caller, "data"))[0])).toMatch(/^HTTP\/1.1 403 /);
  });
});
