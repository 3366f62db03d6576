import { lazyRouteComponent } from "@tanstack/react-router";

export type { Call } from "./call.ts";
export { CallBar } from "./call-bar.tsx";
export { currentCallsQuery, receiveCall, useOpenCall } from "./current-calls.ts";
export { languageName } from "./language-name.ts";
export { OfferAlert } from "./offer-alert.tsx";
export { receiveOffer } from "./offer-store.ts";
export { shownPhone } from "./shown-phone.ts";
export const DeskRoute = lazyRouteComponent(() => import("./desk-page.tsx"), "DeskPage");
