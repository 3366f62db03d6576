export { App } from "./providers.tsx";
export { styleNonce } from "./style-nonce.ts";
