import { describe, expect, it } from "vitest";
import { peerAddress, portSpan, portsFrom } from "./ports.ts";
import { sites } from "./sites.ts";

describe("the ports of a lab", () => {
  it("are all different, so that no two processes want the same one", () => {
    const all = portsFrom(24_000).all();
    expect(new Set(all.map((entry) => entry.port)).size).toBe(all.length);
  });

  it("stay inside the span of their base and below the ephemeral range", () => {
    for (const base of [2000, 24_000, 31_000]) {
      for (const { port } of portsFrom(base).all()) {
        expect(port).toBeGreaterThanOrEqual(base);
        expect(port).toBeLessThan(base + portSpan);
        expect(port).toBeLessThan(32_768);
      }
    }
  });

  it("of two clones one span apart never meet", () => {
    const first = new Set(
      portsFrom(24_000)
        .all()
        .map((entry) => entry.port),
    );
    for (const { port } of portsFrom(24_000 + portSpan).all()) expect(first.has(port)).toBe(false);
  });

  it("reach a service of one's own site directly and of another through the WAN", () => {
    const ports = portsFrom(24_000);
    expect(ports.reach("east", "east", "redis")).toBe(ports.direct("east", "redis"));
    expect(ports.reach("east", "west", "redis")).not.toBe(ports.direct("west", "redis"));
    const route = ports
      .routes()
      .find((each) => each.listenPort === ports.reach("east", "west", "redis"));
    expect(route).toMatchObject({ from: "east", to: "west", service: "redis" });
  });

  it("refuse a base that is not a hundred, too low, or in the ephemeral range", () => {
    for (const base of [24_050, 1000, 32_000, Number.NaN]) {
      expect(() => portsFrom(base)).toThrow(/cannot be used/);
    }
  });

  it("give each etcd member an address of its own that is never routed", () => {
    expect(new Set(sites.map(peerAddress)).size).toBe(3);
    for (const site of sites) expect(peerAddress(site)).toMatch(/^192\.0\.2\./);
  });
});
