import { describe, expect, it } from "vitest";
import { signWebhook, verifyWebhook } from "./webhook-signature.ts";

const secret = "a secret of this test";
const hosts = ["east.example:443", "west.example:443"];
const now = 1_800_000_000;
const parts = {
  timestampSeconds: now,
  host: "west.example:443",
  path: "/webhooks/telephony/simulator",
  body: "{}",
};
const sent = {
  timestamp: String(now),
  signature: signWebhook(secret, parts),
  path: parts.path,
  body: parts.body,
};

describe("a signed webhook", () => {
  it("is the provider's under either region's host name", () => {
    expect(verifyWebhook(sent, secret, hosts, now)).toEqual({
      kind: "valid",
      host: "west.example:443",
    });
    const east = {
      ...sent,
      signature: signWebhook(secret, { ...parts, host: "east.example:443" }),
    };
    expect(verifyWebhook(east, secret, hosts, now).kind).toBe("valid");
  });
  it("is refused for a host name that is not ours", () => {
    const other = { ...sent, signature: signWebhook(secret, { ...parts, host: "evil.example" }) };
    expect(verifyWebhook(other, secret, hosts, now)).toEqual({ kind: "invalid", why: "signature" });
  });
  it("is refused with another body, path, secret or time than was signed", () => {
    expect(verifyWebhook({ ...sent, body: "{ }" }, secret, hosts, now).kind).toBe("invalid");
    expect(
      verifyWebhook({ ...sent, path: "/webhooks/telephony/other" }, secret, hosts, now).kind,
    ).toBe("invalid");
    expect(verifyWebhook(sent, "another secret", hosts, now).kind).toBe("invalid");
    expect(verifyWebhook({ ...sent, timestamp: String(now + 1) }, secret, hosts, now).kind).toBe(
      "invalid",
    );
  });
  it("is refused outside the replay window, before or after", () => {
    expect(verifyWebhook(sent, secret, hosts, now + 301)).toEqual({ kind: "invalid", why: "time" });
    expect(verifyWebhook(sent, secret, hosts, now - 301)).toEqual({ kind: "invalid", why: "time" });
    expect(verifyWebhook(sent, secret, hosts, now + 300).kind).toBe("valid");
  });
  it("is refused without its headers or with a malformed one", () => {
    for (const broken of [
      { ...sent, timestamp: undefined },
      { ...sent, signature: undefined },
      { ...sent, timestamp: "yesterday" },
      { ...sent, signature: "v1=" },
    ]) {
      expect(verifyWebhook(broken, secret, hosts, now).kind).toBe("invalid");
    }
  });
});
