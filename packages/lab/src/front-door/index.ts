export { type FrontDoorParts, frontDoorConfig } from "./front-door-config.ts";
export { frontDoorAnswers, plainPage, problemDocument } from "./front-door-pages.ts";
export { frontDoorScript } from "./front-door-script.ts";
