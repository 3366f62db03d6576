export { boundedTurn } from "./bounded-turn.ts";
