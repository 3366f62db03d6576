export { explainDecisions } from "./explain.ts";
