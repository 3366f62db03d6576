import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { snakeCase } from "./catalogue-names.ts";
import { cataloguePage } from "./catalogue-page.ts";

it.each([
  ["CallStartTime", "call_start_time"],
  ["MRN", "mrn"],
  ["SSN", "ssn"],
  ["AgentID", "agent_id"],
  ["RecordingURL", "recording_url"],
  ["ReportedByAgentID", "reported_by_agent_id"],
])("writes %s as %s", (name, column) => {
  expect(snakeCase(name)).toBe(column);
});

it("stands in docs/reference as it is generated", () => {
  const page = readFileSync(
    new URL("../../../../docs/reference/catalogue-names.md", import.meta.url),
    "utf8",
  );
  expect(page).toBe(cataloguePage());
});
