import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** Lua scripts are imported as text, as esbuild does in the bundles. */
const luaAsText = {
  name: "lua-as-text",
  enforce: "pre" as const,
  load(id: string) {
    return id.endsWith(".lua") ? `export default ${JSON.stringify(readFileSync(id, "utf8"))};` : undefined;
  },
};

const project = (name: string, include: string[], options: { testTimeout?: number; globalSetup?: string } = {}) => ({
  plugins: [luaAsText],
  test: { name, include, environment: "node" as const, hookTimeout: 120_000, ...options },
});

/** The local cloud runs the synthesized stack: made once, ahead of the tests. */
const globalSetup = "test/support/synthesize.ts";

export default defineConfig({
  test: {
    projects: [
      project("unit", ["test/{simulation,platform,api,lifecycle,cache,packages}/**/*.test.ts"], {
        testTimeout: 30_000,
      }),
      project("emulator", ["test/emulator/**/*.test.ts"], { testTimeout: 120_000, globalSetup: "test/fmus/set-up.ts" }),
      project("infra", ["test/infra/**/*.test.ts"], { testTimeout: 60_000, globalSetup }),
      project("integration", ["test/{integration,streams}/**/*.test.ts"], { testTimeout: 120_000, globalSetup }),
      project("faults", ["test/faults/**/*.test.ts"], { testTimeout: 240_000, globalSetup }),
    ],
  },
});
