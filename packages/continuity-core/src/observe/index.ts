export { type Ancestry, ancestryOf } from "./ancestry.ts";
export type * from "./observation.ts";
