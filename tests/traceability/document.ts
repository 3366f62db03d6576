import type { Proof, Requirement } from "./catalogue.ts";

/** The text of docs/traceability.md. */
export function traceabilityDocument(
  requirements: readonly Requirement[],
  proofs: readonly Proof[],
): string {
  const byId = new Map<string, Proof[]>();
  for (const proof of proofs) byId.set(proof.id, [...(byId.get(proof.id) ?? []), proof]);
  const documents = [...new Set(requirements.map((entry) => entry.document))];
  const proven = requirements.filter((entry) => byId.has(entry.id)).length;
  const lines = [
    "# Traceability",
    "",
    "Generated from the requirement catalogue and from the requirement ids in test names:",
    "`node tests/traceability/generate.ts`. A test keeps it current. An id without a test is an open item.",
    "",
    `${proven} of ${requirements.length} requirements are named by at least one test.`,
    "",
  ];
  for (const document of documents) {
    const entries = requirements.filter((entry) => entry.document === document);
    const covered = entries.filter((entry) => byId.has(entry.id));
    lines.push(`## ${document}`, "", `${covered.length} of ${entries.length}.`, "");
    if (covered.length > 0) {
      lines.push("| requirement | kind | verify | test |", "| --- | --- | --- | --- |");
      for (const entry of covered) {
        const tests = [
          ...new Set(
            (byId.get(entry.id) ?? []).map((proof) => `${proof.test} (\`${proof.file}\`)`),
          ),
        ].sort();
        lines.push(`| ${entry.id} | ${entry.kind} | ${entry.verify} | ${tests.join("<br>")} |`);
      }
      lines.push("");
    }
    const open = entries.filter((entry) => !byId.has(entry.id)).map((entry) => entry.id);
    if (open.length > 0) lines.push(`Open: ${open.join(", ")}.`, "");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}
