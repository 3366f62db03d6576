export { type ExchangeDeps, exchangeLoop, exchangeTurn, reconcileTurn } from "./exchange-loop.ts";
export { Wake } from "./wake.ts";
