export * from "./decide/index.ts";
export * from "./keeper/index.ts";
export * from "./lsn.ts";
export * from "./observe/index.ts";
export * from "./parameters.ts";
export * from "./procedures/index.ts";
export * from "./runs/index.ts";
export * from "./store/index.ts";
