import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Bundle,
  bundle,
  bundleFunctions,
  duplicates,
  FUNCTIONS,
  type FunctionName,
  ROOT,
} from "../../infra/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "boptest-bundle-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the functions' bundles", () => {
  let bundles: Record<FunctionName, Bundle>;

  beforeAll(async () => {
    bundles = await bundleFunctions();
  });

  it.each(FUNCTIONS)("of %s holds no package in more than one version", (name) => {
    expect(duplicates(bundles[name].metafile)).toEqual([]);
  });

  it.each(FUNCTIONS)("of %s is complete: it imports nothing but what Node.js has", (name) => {
    const { outputs } = bundles[name].metafile;
    const { imports = [] } = Object.values(outputs).find(({ entryPoint }) => entryPoint) ?? {};
    expect(imports.filter(({ path }) => !/^(node:|[a-z_/]+$)/.test(path))).toEqual([]);
  });

  it.each(FUNCTIONS)("of %s exports a handler and has a source map", async (name) => {
    const { file } = bundles[name];
    expect(readFileSync(file, "utf8")).toContain("//# sourceMappingURL=index.mjs.map");
    expect(JSON.parse(readFileSync(`${file}.map`, "utf8")).sources.length).toBeGreaterThan(10);
    expect(await import(pathToFileURL(file).href)).toHaveProperty("handler", expect.any(Function));
  });

  it.each(FUNCTIONS)("of %s holds nothing of the infrastructure", (name) => {
    const inputs = Object.keys(bundles[name].metafile.inputs);
    expect(inputs.filter((input) => /^infra\/|aws-cdk|fauxqs|ioredis/.test(input))).toEqual([]);
  });

  it("of all that the functions use of others' code stays under 1 MB", async () => {
    const { file, metafile } = await bundle("test/infra/toy/sdk.ts", join(folder, "sdk"));
    expect(duplicates(metafile)).toEqual([]);
    expect(statSync(file).size).toBeLessThan(1_000_000);
  });
});

describe("bundling", () => {
  it("takes Lua scripts as text", async () => {
    writeFileSync(join(folder, "script.lua"), "return 1 -- one");
    writeFileSync(join(folder, "lua.ts"), 'import text from "./script.lua";\nexport const handler = () => text;\n');
    const { file } = await bundle(join(folder, "lua.ts"), join(folder, "lua"));
    expect((await import(pathToFileURL(file).href)).handler()).toBe("return 1 -- one");
  });

  it("puts in the parts that a script includes, and bundles anew when one changes", async () => {
    mkdirSync(join(folder, "include"), { recursive: true });
    const [part, entry, out] = [join(folder, "include/part.lua"), join(folder, "parts.ts"), join(folder, "parts")];
    const write = (file: string, text: string, secondsAgo: number) => {
      writeFileSync(file, text);
      const before = new Date(Date.now() - secondsAgo * 1000);
      utimesSync(file, before, before);
    };
    write(join(folder, "whole.lua"), "-- whole\n-- @include part.lua\n", 9);
    write(entry, 'import text from "./whole.lua";\nexport const handler = () => text;\n', 9);
    const result = async () => {
      const { file } = await bundle(entry, out);
      return (await import(`${pathToFileURL(file).href}?${Math.random()}`)).handler();
    };
    write(part, "return 1\n", 9);
    expect(await result()).toBe("-- whole\nreturn 1\n");
    write(part, "return 2\n", 5);
    expect(await result()).toBe("-- whole\nreturn 2\n");
  });

  it("gives CommonJS packages the require that they ask for", async () => {
    writeFileSync(join(folder, "common.cjs"), "exports.name = require('node:os').EOL;\n");
    writeFileSync(join(folder, "cjs.ts"), 'import { name } from "./common.cjs";\nexport const handler = () => name;\n');
    const { file } = await bundle(join(folder, "cjs.ts"), join(folder, "cjs"));
    expect((await import(pathToFileURL(file).href)).handler()).toBe("\n");
  });

  it("may be done by many at once, and leaves a file alone that has not changed", async () => {
    const entry = join(ROOT, "test/infra/toy/sweeper.ts");
    const out = join(folder, "many");
    const [first] = await Promise.all(Array.from({ length: 8 }, () => bundle(entry, out)));
    const before = statSync(first?.file ?? "");
    await bundle(entry, out);
    const after = statSync(first?.file ?? "");
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
    expect(await import(pathToFileURL(first?.file ?? "").href)).toHaveProperty("handler");
  });
});

describe("a bundle that is there already", () => {
  const entry = join(folder, "fresh.ts");
  const out = join(folder, "fresh");

  async function result(): Promise<unknown> {
    const { file } = await bundle(entry, out);
    // Under a name of its own each time: Node.js loads a module once.
    return (await import(`${pathToFileURL(file).href}?${Math.random()}`)).handler();
  }

  /** Long enough ago to be taken for what the bundle was made of. */
  function write(file: string, text: string): void {
    writeFileSync(file, text);
    const before = new Date(Date.now() - 5000 + edits);
    utimesSync(file, before, before);
    edits += 1;
  }
  let edits = 0;

  beforeEach(() => {
    write(join(folder, "part.ts"), "export const part = 1;\n");
    write(entry, 'import { part } from "./part.ts";\nexport const handler = () => part;\n');
  });

  /** Marks what is known about the bundle; bundling would wipe the mark out. */
  function mark(): void {
    const stamp = JSON.parse(readFileSync(join(out, "bundle.json"), "utf8"));
    stamp.metafile.mark = true;
    writeFileSync(join(out, "bundle.json"), JSON.stringify(stamp));
  }

  it("is used as it is while none of its sources changes, and made anew when one does", async () => {
    expect(await result()).toBe(1);
    mark();
    expect((await bundle(entry, out)).metafile).toHaveProperty("mark");
    write(join(folder, "part.ts"), "export const part = 2;\n");
    expect((await bundle(entry, out)).metafile).not.toHaveProperty("mark");
    expect(await result()).toBe(2);
  });

  it("is not trusted when somebody else has written it", async () => {
    await result();
    writeFileSync(join(out, "index.mjs"), "export const handler = () => 'another';\n");
    expect(await result()).toBe(1);
  });

  it("is made anew when it is gone, and when a source is", async () => {
    expect(await result()).toBe(1);
    rmSync(join(out, "index.mjs"));
    expect(await result()).toBe(1);
    rmSync(join(folder, "part.ts"));
    await expect(result()).rejects.toThrow("part.ts");
  });

  it("is not trusted if a source changed while it was made", async () => {
    writeFileSync(join(folder, "part.ts"), "export const part = 4;\n");
    const future = new Date(Date.now() + 5000);
    utimesSync(join(folder, "part.ts"), future, future);
    expect(await result()).toBe(4);
    writeFileSync(join(folder, "part.ts"), "export const part = 5;\n");
    utimesSync(join(folder, "part.ts"), future, future);
    expect(await result()).toBe(5);
  });
});

describe("finding duplicates", () => {
  const packages = [
    ["node_modules/one", "one", "1.0.0"],
    ["node_modules/@scope/two", "@scope/two", "2.0.0"],
    ["node_modules/@scope/two/node_modules/one", "one", "1.0.1"],
    ["node_modules/three/node_modules/one", "one", "1.0.0"],
  ] as const;

  beforeAll(() => {
    for (const [path, name, version] of packages) {
      mkdirSync(join(folder, path), { recursive: true });
      writeFileSync(join(folder, path, "package.json"), JSON.stringify({ name, version }));
    }
  });

  function duplicatesIn(...files: string[]) {
    const input = { bytes: 1, imports: [] };
    return duplicates({ inputs: Object.fromEntries(files.map((file) => [file, input])) }, folder);
  }

  it("lists none where each package comes in one version, from however many files and folders", () => {
    const files = ["node_modules/one/a.js", "node_modules/one/lib/b.js", "node_modules/three/node_modules/one/a.js"];
    expect(duplicatesIn(...files, "node_modules/@scope/two/index.js", "functions/api/handler.ts")).toEqual([]);
  });

  it("lists a package with its versions where there are several", () => {
    const nested = "node_modules/@scope/two/node_modules/one/a.js";
    expect(duplicatesIn("node_modules/one/a.js", nested)).toEqual([{ name: "one", versions: ["1.0.0", "1.0.1"] }]);
  });
});
