export { type Answer, DoorTrial, type FakePortal, until } from "./door-trial.ts";
