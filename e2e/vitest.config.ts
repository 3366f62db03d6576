import { defineConfig } from "vitest/config";

/** Browser tests: one browser at a time, since they share the machine's two cores with what they test. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
