export { type CarrierConfig, carrierConfigSchema } from "./carrier-config.ts";
export { type RunningCarrier, startCarrier } from "./start-carrier.ts";
