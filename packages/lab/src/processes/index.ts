export { postgresLogFile } from "./continuity-process.ts";
export { demoAccounts, frontDoorOrigin, issuerOf } from "./edge-process.ts";
export { etcdSetupTask } from "./etcd-process.ts";
export { labProcesses, supervisorConfigOf } from "./lab-processes.ts";
export { nodeCommand } from "./spec.ts";
export { writeConfig } from "./write-config.ts";
