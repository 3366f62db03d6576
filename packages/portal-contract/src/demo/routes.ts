import { everyRole } from "../roles.ts";
import { route } from "../route.ts";
import {
  demoStateAnswerSchema,
  demoStreamSchema,
  placeDemoCallAnswerSchema,
  placeDemoCallBodySchema,
} from "./schemas.ts";

const slice = "demo";
const access = { kind: "session", roles: everyRole } as const;

/** Only demonstration installations answer these; elsewhere they are 404 NOT_FOUND. */
export const demoRoutes = {
  readDemoState: route({
    method: "GET",
    path: "/api/demo",
    summary: "The carrier's steady stream, fictional callers and queues to call.",
    slice,
    access,
    durability: "read",
    answer: demoStateAnswerSchema,
    audit: null,
    errors: ["NOT_FOUND", "CARRIER_UNAVAILABLE"],
  }),
  placeDemoCall: route({
    method: "POST",
    path: "/api/demo/calls",
    summary: "Lets a fictional caller call a queue.",
    slice,
    access,
    durability: "local",
    body: placeDemoCallBodySchema,
    answer: placeDemoCallAnswerSchema,
    audit: "demo_call_place",
    errors: ["NOT_FOUND", "CARRIER_UNAVAILABLE"],
  }),
  setDemoStream: route({
    method: "PUT",
    path: "/api/demo/stream",
    summary: "Switches the steady stream of fictional callers on or off.",
    slice,
    access,
    durability: "local",
    body: demoStreamSchema,
    answer: demoStreamSchema,
    audit: "demo_stream_set",
    errors: ["NOT_FOUND", "CARRIER_UNAVAILABLE"],
  }),
} as const;
