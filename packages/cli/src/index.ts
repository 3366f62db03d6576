export { buildProgram, type CommandDefinition } from "./program.ts";
