import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { luaModule } from "./infra/lua.ts";

/** Lua scripts are imported as text, as esbuild does in the bundles. */
const luaAsText = {
  name: "lua-as-text",
  enforce: "pre" as const,
  load(id: string) {
    return id.endsWith(".lua") ? luaModule(id) : undefined;
  },
};

/** Those whose outcome another's work on the same cores would change: by what time allows, or by how long things take. */
const ALONE = ["test/faults/chaos.test.ts", "test/integration/{load,polls,property}.test.ts"];

/**
 * Those of the unit suite that start redis-server or S3. `npm run test:unit` leaves them out; it names a redis-server that is
 * not there, so that a file that is missing here fails.
 */
const WITH_SERVERS = [
  "test/api/{remembered,selected,take-on}.test.ts",
  "test/tools/bench/report.test.ts",
  "test/cache/{cache,collect,evict,housekeeping,objects,reconcile,single-flight}.test.ts",
  "test/tools/chaos/leftovers.test.ts",
  "test/garbage/*.test.ts",
  "test/lifecycle/commands/{await-upload,confinement}.test.ts",
  "test/lifecycle/simulate/{model-failures,models,recorder,replaying,states,unavailable,warmup}.test.ts",
  "test/packages/{beside,clear-up,collect,newest-upload,quota,records,take-in,verdicts}.test.ts",
  "test/platform/redis.test.ts",
];
const leftOut = process.env.npm_lifecycle_event === "test:unit" ? WITH_SERVERS : [];

/** Those that take a minute or more, the longest first: begun last, one of them would run alone at the end. */
const LONGEST = [
  "page/page",
  "integration/fork-tree",
  "infra/programs",
  "integration/fmu-bad",
  "integration/clients",
  "faults/many-steps",
  "integration/long-results",
  "infra/documents",
  "clients/cli",
  "faults/killed-worker",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return index < 0 ? LONGEST.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** The local cloud runs the synthesized stack: made once, ahead of the tests. */
const synthesized = { globalSetup: "test/support/synthesize.ts" };

/** Two files at a time: many of them wait, for processes to start or for time to be over. A worker keeps its modules. */
const project = (name: string, folders: string, options: ProjectOptions) => ({
  plugins: [luaAsText],
  test: {
    name,
    include: [`test/${folders}/**/*.test.ts`],
    exclude: ALONE,
    environment: "node" as const,
    hookTimeout: 120_000,
    isolate: false,
    maxWorkers: 2,
    ...options,
  },
});

interface ProjectOptions {
  include?: string[];
  exclude?: string[];
  testTimeout: number;
  globalSetup?: string;
  isolate?: boolean;
  maxWorkers?: number;
  sequence?: { groupOrder: number };
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      project("unit", "{simulation,platform,api,lifecycle,results,garbage,cache,packages,docs,tools}", {
        testTimeout: 30_000,
        exclude: [...ALONE, ...leftOut],
      }),
      project("emulator", "emulator", { testTimeout: 120_000, globalSetup: "test/fmus/set-up.ts", isolate: true }),
      project("infra", "infra", { testTimeout: 60_000, ...synthesized }),
      project("streams", "streams", { testTimeout: 120_000 }),
      project("clients", "clients", { testTimeout: 120_000, ...synthesized }),
      project("integration", "integration", { testTimeout: 120_000, ...synthesized }),
      // One file: a browser is heavy.
      project("page", "page", { testTimeout: 120_000, ...synthesized }),
      project("faults", "faults", { testTimeout: 240_000, ...synthesized }),
      project("alone", "", {
        include: ALONE,
        exclude: [],
        testTimeout: 120_000,
        ...synthesized,
        maxWorkers: 1,
        sequence: { groupOrder: 1 },
      }),
    ],
  },
});
