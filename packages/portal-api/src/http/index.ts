export { createHttpServer } from "./http-server.ts";
export { type ScreensDeps, type SendScreen, serveScreens } from "./screens.ts";
export { serveRoutes } from "./serve-routes.ts";
export { serviceRoutes } from "./service-routes.ts";
export { answerUnknownAddresses } from "./unknown-address.ts";
