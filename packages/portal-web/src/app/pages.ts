import type { SignedIn } from "../identity/index.ts";

export type Page =
  | "desk"
  | "intake"
  | "callbacks"
  | "board"
  | "simulator"
  | "settings"
  | "continuity";

interface PageDefinition {
  readonly name: Page;
  readonly path:
    | "/desk"
    | "/intake"
    | "/callbacks"
    | "/board"
    | "/simulator"
    | "/settings"
    | "/status";
}

/** The pages of signed-in people, in the order of the navigation. */
export const pages: readonly PageDefinition[] = [
  { name: "desk", path: "/desk" },
  { name: "callbacks", path: "/callbacks" },
  { name: "intake", path: "/intake" },
  { name: "board", path: "/board" },
  { name: "simulator", path: "/simulator" },
  { name: "settings", path: "/settings" },
  { name: "continuity", path: "/status" },
];

const supervising: readonly string[] = ["supervisor", "manager", "admin"];

/** Whether the navigation offers the page. The service decides again on each request. */
export function mayVisit(page: Page, person: Pick<SignedIn, "role" | "demo">): boolean {
  if (page === "board") return supervising.includes(person.role);
  if (page === "simulator") return person.demo;
  return true;
}
