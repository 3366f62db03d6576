import type { Scenario } from "../scenario.ts";
import { regionHang } from "./region-hang.ts";
import { regionLoss } from "./region-loss.ts";
import { switchover } from "./switchover.ts";

/** Every drill, in the order in which `drill --all` runs them. */
export const scenarios: readonly Scenario[] = [regionLoss, regionHang, switchover];
