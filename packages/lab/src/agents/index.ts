export { Browser } from "./browser.ts";
export { Crew, type CrewOptions } from "./crew.ts";
export { FrontDoor } from "./front-door.ts";
export { type Pace, paceOfCrew } from "./pace.ts";
export { type Account, signIn } from "./sign-in.ts";
export { type AgentExperience, SimulatedAgent } from "./simulated-agent.ts";
