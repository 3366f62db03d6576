import { defineConfig } from "vitest/config";

/** Browser tests: one browser at a time, since they share the machine's two cores with what they test. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // A press may wait for a busy machine; what is slow in itself has a budget of its own (speed.e2e.ts).
    expect: { poll: { timeout: 30_000, interval: 100 } },
  },
});
