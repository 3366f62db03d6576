export type { Milestones } from "./milestones.ts";
