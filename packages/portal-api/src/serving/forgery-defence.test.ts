import { expect, it } from "vitest";
import { refuseForgery } from "./forgery-defence.ts";

const own = ["https://localhost:8443"];
const client = { "careline-client": "portal-web/1" };

it.each([
  ["a page of ours, by Origin", { ...client, origin: "https://localhost:8443" }],
  ["a page of ours, by Sec-Fetch-Site", { ...client, "sec-fetch-site": "same-origin" }],
  ["both", { ...client, origin: "https://localhost:8443", "sec-fetch-site": "same-origin" }],
])("lets %s through", (_, headers) => {
  expect(() => refuseForgery(headers, own)).not.toThrow();
});

it.each([
  ["no header that a form cannot send", { origin: "https://localhost:8443" }],
  ["another origin", { ...client, origin: "https://evil.example" }],
  ["an opaque origin", { ...client, origin: "null" }],
  [
    "a sibling site",
    { ...client, origin: "https://localhost:8443", "sec-fetch-site": "same-site" },
  ],
  ["another site", { ...client, "sec-fetch-site": "cross-site" }],
  ["a typed address", { ...client, "sec-fetch-site": "none" }],
  ["nothing that names the page", client],
])("refuses %s", (_, headers) => {
  expect(() => refuseForgery(headers, own)).toThrow(
    expect.objectContaining({ code: "CSRF_REFUSED" }),
  );
});
