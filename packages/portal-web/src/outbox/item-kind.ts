export type ItemKind =
  | "note"
  | "screen"
  | "wrapUp"
  | "close"
  | "adverseEvent"
  | "caller"
  | "task"
  | "patient"
  | "other";

const kinds: readonly (readonly [RegExp, ItemKind])[] = [
  [/^\/api\/calls\/[^/]+\/notes$/, "note"],
  [/^\/api\/calls\/[^/]+\/screen$/, "screen"],
  [/^\/api\/calls\/[^/]+\/wrap-up$/, "wrapUp"],
  [/^\/api\/calls\/[^/]+\/close$/, "close"],
  [/^\/api\/calls\/[^/]+\/caller$/, "caller"],
  [/^\/api\/(calls\/[^/]+\/)?tasks/, "task"],
  [/^\/api\/adverse-events/, "adverseEvent"],
  [/patients/, "patient"],
];

/** What a waiting write is, in words that people know. */
export function itemKind(path: string): ItemKind {
  return kinds.find(([pattern]) => pattern.test(path))?.[1] ?? "other";
}
