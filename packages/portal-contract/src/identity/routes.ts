import { z } from "zod";
import { everyRole } from "../roles.ts";
import { route } from "../route.ts";
import { sessionSchema } from "./session.ts";

const slice = "identity";
/** A path of the portal's own screens: one slash first, no host. */
const returnPathSchema = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[\x21-\x7e]*$/)
  .default("/");

export const identityRoutes = {
  startSignIn: route({
    method: "GET",
    path: "/auth/sign-in",
    summary: "Sends the browser to the identity provider.",
    slice,
    access: { kind: "public" },
    durability: "read",
    emergency: false,
    query: z.strictObject({ returnTo: returnPathSchema }),
    answer: null,
    answers: "redirect",
    status: 303,
    audit: null,
    errors: ["IDENTITY_PROVIDER_UNAVAILABLE", "WRITES_PAUSED"],
  }),
  startUnlock: route({
    method: "GET",
    path: "/auth/unlock",
    summary: "Sends the browser to the identity provider for a fresh sign-in of the same person.",
    slice,
    access: { kind: "session", roles: everyRole, whileLocked: true },
    durability: "read",
    emergency: false,
    query: z.strictObject({ returnTo: returnPathSchema }),
    answer: null,
    answers: "redirect",
    status: 303,
    audit: null,
    activity: false,
    errors: ["IDENTITY_PROVIDER_UNAVAILABLE", "WRITES_PAUSED"],
  }),
  finishSignIn: route({
    method: "GET",
    path: "/auth/callback",
    summary:
      "Takes the identity provider's answer, begins or unlocks the session, goes on to the screens.",
    slice,
    access: { kind: "public" },
    durability: "geo",
    idempotent: false,
    query: z.looseObject({ state: z.string().max(500) }),
    answer: null,
    answers: "redirect",
    status: 303,
    audit: "sign_in",
    errors: [
      "SIGN_IN_INVALID",
      "SIGN_IN_REFUSED",
      "MFA_REQUIRED",
      "ACCOUNT_UNKNOWN",
      "ACCOUNT_CLOSED",
      "UNLOCK_OTHER_PERSON",
      "UNLOCK_NOT_FRESH",
      "IDENTITY_PROVIDER_UNAVAILABLE",
    ],
  }),
  readSession: route({
    method: "GET",
    path: "/api/session",
    summary: "The signed-in person and the state of their session.",
    slice,
    access: { kind: "session", roles: everyRole, whileLocked: true },
    durability: "read",
    answer: sessionSchema,
    audit: null,
    activity: false,
  }),
  noteActivity: route({
    method: "POST",
    path: "/api/session/activity",
    summary: "Tells that the person is at work, so that the session does not lock.",
    slice,
    access: { kind: "session", roles: everyRole },
    durability: "local",
    idempotent: false,
    answer: null,
    audit: null,
  }),
  lockSession: route({
    method: "POST",
    path: "/api/session/lock",
    summary: "Locks the session now; drafts and a running call stay as they are.",
    slice,
    access: { kind: "session", roles: everyRole, whileLocked: true },
    durability: "geo",
    idempotent: false,
    answer: null,
    audit: "session_lock",
    activity: false,
  }),
  signOut: route({
    method: "POST",
    path: "/api/session/sign-out",
    summary: "Ends the session; answers where the identity provider ends its own.",
    slice,
    access: { kind: "session", roles: everyRole, whileLocked: true },
    durability: "geo",
    idempotent: false,
    answer: z.strictObject({ continueAt: z.string() }),
    audit: "sign_out",
    activity: false,
  }),
} as const;
