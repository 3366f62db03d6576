export { type ExchangeDeps, exchangeLoop, exchangeTurn, reconcileTurn } from "./exchange-loop.ts";
