export { LineStream } from "./line-stream.ts";
export { type Caller, callerOf, mutualTlsServer, problemOf, requireCaller } from "./mutual-tls.ts";
export { PeerClient } from "./peer-client.ts";
