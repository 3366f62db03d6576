/** A question about the observation with all its possible answers, each as a change of the scene. */
export interface Dimension<S> {
  readonly name: string;
  readonly values: readonly { readonly label: string; readonly apply: (scene: S) => S }[];
}

/** One line of a table: for each dimension the answers for which it holds (all of them: "any"), and what follows. */
export interface Line {
  readonly when: readonly (readonly string[])[];
  readonly decision: string;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly lines: readonly Line[];
  /** How many combinations the lines stand for. */
  readonly combinations: number;
}

/** Evaluates every combination of `dimensions` on `start` and merges lines that differ in one answer only. */
export function tabulate<S>(
  title: string,
  start: S,
  dimensions: readonly Dimension<S>[],
  evaluate: (scene: S) => string,
): Table {
  let lines: Line[] = [];
  const visit = (depth: number, scene: S, labels: readonly string[]): void => {
    const dimension = dimensions[depth];
    if (dimension === undefined) {
      lines.push({ when: labels.map((label) => [label]), decision: evaluate(scene) });
      return;
    }
    for (const value of dimension.values) {
      visit(depth + 1, value.apply(scene), [...labels, value.label]);
    }
  };
  visit(0, start, []);
  const combinations = lines.length;
  // Last dimension first, so that what is asked first stays apart longest.
  for (let index = dimensions.length - 1; index >= 0; index -= 1) lines = merge(lines, index);
  const columns = dimensions.map((dimension) => dimension.name);
  return { title, columns, lines, combinations };
}

function merge(lines: readonly Line[], index: number): Line[] {
  const merged = new Map<string, Line>();
  for (const line of lines) {
    const others = line.when.filter((_, position) => position !== index);
    const key = JSON.stringify([others, line.decision]);
    const known = merged.get(key);
    const labels = [...(known?.when[index] ?? []), ...(line.when[index] ?? [])];
    merged.set(key, { when: line.when.with(index, labels), decision: line.decision });
  }
  return [...merged.values()];
}

/** The table as Markdown; an answer that does not matter is shown as "any". */
export function renderTable<S>(table: Table, dimensions: readonly Dimension<S>[]): string {
  const cell = (labels: readonly string[], index: number): string =>
    labels.length === dimensions[index]?.values.length && labels.length > 1
      ? "any"
      : labels.join(" or ");
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `### ${table.title}`,
    "",
    `${table.combinations} combinations, ${table.lines.length} lines.`,
    "",
    row([...table.columns, "decision"]),
    row([...table.columns.map(() => "---"), "---"]),
    ...table.lines.map((line) => row([...line.when.map(cell), `**${line.decision}**`])),
    "",
  ].join("\n");
}
