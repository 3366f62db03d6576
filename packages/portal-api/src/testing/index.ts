export {
  type PortalStage,
  type StageServers,
  startPortalStage,
  startStageServers,
} from "./portal-stage.ts";
export { type StageAnswer, type StageBrowser, stageOrigin } from "./stage-browser.ts";
export { createTestAuthority, type IssuedFiles, type TestAuthority } from "./test-authority.ts";
export {
  startTestCluster,
  type TestCluster,
  type TestDatabase,
  type TestRole,
  type TestStandby,
} from "./test-cluster.ts";
export { startTestIdentityProvider, type TestIdentityProvider } from "./test-identity-provider.ts";
export { type KeeperState, startTestKeeper, type TestKeeper } from "./test-keeper.ts";
export { startTestRedis, type TestRedis } from "./test-redis.ts";
export { freePort } from "./unprivileged.ts";
