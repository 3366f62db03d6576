export * from "./keeper/index.ts";
export * from "./lsn.ts";
export * from "./parameters.ts";
export * from "./store/index.ts";
