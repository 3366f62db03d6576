export { commandWan, readLinks } from "./wan-client.ts";
export type { LinkSettings, LinkStatus, WanAnswer, WanCommand, WanConfig } from "./wan-config.ts";
