import * as double from "./double-openings.ts";
import * as durability from "./durability-openings.ts";
import type { Opening } from "./opening.ts";
import * as pair from "./pair-openings.ts";
import * as people from "./people-openings.ts";
import * as permit from "./permit-openings.ts";
import * as release from "./release-openings.ts";
import * as suspension from "./suspension-openings.ts";

/** Every scripted story. With the rules as designed, none of them may break an invariant. */
export const openings: readonly Opening[] = [
  ...Object.values(permit),
  ...Object.values(release),
  ...Object.values(durability),
  ...Object.values(double),
  ...Object.values(pair),
  ...Object.values(people),
  ...Object.values(suspension),
];
