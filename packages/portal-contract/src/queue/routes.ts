import { z } from "zod";
import { declineBodySchema, offerParamsSchema } from "../calls/index.ts";
import { route } from "../route.ts";
import { missedOffersAnswerSchema } from "./schemas.ts";

const slice = "queue";

export const queueRoutes = {
  declineOffer: route({
    method: "POST",
    path: "/api/offers/:offerId/decline",
    summary: "Refuses a call that rings, with a reason; the caller keeps their place.",
    slice,
    access: { kind: "session", roles: ["agent", "supervisor"] },
    durability: "local",
    params: offerParamsSchema,
    body: declineBodySchema,
    answer: null,
    audit: "offer_decline",
    errors: ["OFFER_ENDED", "NOT_FOUND"],
  }),
  listMissedOffers: route({
    method: "GET",
    path: "/api/offers/missed",
    summary: "Offers of the last eight hours that the signed-in agent missed, and why.",
    slice,
    access: { kind: "session", roles: ["agent", "supervisor"] },
    durability: "read",
    query: z.strictObject({}),
    answer: missedOffersAnswerSchema,
    audit: null,
  }),
} as const;
