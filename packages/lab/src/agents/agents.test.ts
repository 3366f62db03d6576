import { expect, it } from "vitest";
import { CookieJar } from "./cookie-jar.ts";
import { readStream } from "./event-stream.ts";
import { readForm } from "./html-form.ts";
import { operationOf } from "./operations.ts";

it("keeps cookies per host, replaces them, and forgets the expired", () => {
  const jar = new CookieJar();
  jar.take("a", ["__Host-s=1; Path=/; Secure; HttpOnly", "theme=dark"]);
  jar.take("a", "__Host-s=2; Path=/");
  expect(jar.header("a")).toBe("__Host-s=2; theme=dark");
  expect(jar.header("b")).toBeUndefined();
  jar.take("a", ["theme=; Path=/", "__Host-s=gone; Max-Age=0"]);
  expect(jar.header("a")).toBeUndefined();
});

it("reads a sign-in form with its hidden fields and escaped action", () => {
  const form = readForm(
    '<form method="post" action="/login?a=1&amp;b=2"><input type=hidden name=csrf value="x&quot;y">' +
      "<input type='password' name='password'><button name=go value=1>Go</button></form>",
  );
  expect(form?.action).toBe("/login?a=1&b=2");
  expect(form?.method).toBe("POST");
  expect(form?.fields.get("csrf")).toEqual({ type: "hidden", value: 'x"y' });
  expect([...(form?.fields.keys() ?? [])]).toEqual(["csrf", "password", "go"]);
});

it("cuts an event stream into messages wherever the bytes were split", async () => {
  const text =
    ': hi\n\nevent: offer\nid: 1\ndata: {"a":\ndata: "é"}\n\nevent: x\r\ndata: 1\r\n\r\n';
  for (let size = 1; size < 9; size += 1) {
    const bytes = Buffer.from(text);
    const seen = [];
    for await (const message of readStream(chunks(bytes, size))) seen.push(message);
    expect(seen).toEqual([
      { event: "offer", data: '{"a":\n"é"}' },
      { event: "x", data: "1" },
    ]);
  }
});

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

it("names the operation of a request, and knows which ones keep their key", () => {
  const callId = "01920000-0000-7000-8000-000000000001";
  expect(operationOf("PUT", `/api/calls/${callId}/note-draft`)).toEqual({
    name: "saveNoteDraft",
    isKeyed: true,
  });
  expect(operationOf("POST", "/api/session/activity")).toMatchObject({
    name: "noteActivity",
    isKeyed: false,
  });
});
