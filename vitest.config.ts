import { defineConfig } from "vitest/config";

const slow = process.env.CI === undefined ? 30_000 : 60_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          include: ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts"],
          exclude: ["**/*.int.test.ts", "packages/portal-web/**", "**/*.sim.test.ts"],
        },
      },
      {
        test: {
          name: "web",
          environment: "happy-dom",
          include: ["packages/portal-web/src/**/*.test.{ts,tsx}"],
          setupFiles: [],
        },
      },
      {
        test: {
          name: "integration",
          environment: "node",
          include: ["packages/*/src/**/*.int.test.ts"],
          testTimeout: slow,
          hookTimeout: slow * 2,
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "simulation",
          environment: "node",
          include: ["packages/*/src/**/*.sim.test.ts"],
          testTimeout: 240_000,
        },
      },
    ],
  },
});
