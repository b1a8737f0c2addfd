import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";

/** A line of a script that is replaced by a file of the folder `include` beside the script. */
const DIRECTIVE = /^-- @include (\S+)$/m;

/** A Lua script as Redis gets it. */
export interface LuaScript {
  readonly text: string;
  /** The script's file, and the included files. */
  readonly files: readonly string[];
}

/**
 * Reads a Lua script, and inserts its includes: `-- @include held.lua` stands for `include/held.lua`. The bundles, the
 * tests, and programs that run unbundled get the same text from `luaModule`.
 *
 * @throws Error if an included file is missing, or includes another
 */
export function readLua(file: string): LuaScript {
  const { texts, included } = partsOf(file);
  const parts = included.map((path) => readPart(path).trimEnd());
  return { text: texts.map((text, i) => text + (parts[i] ?? "")).join(""), files: [file, ...included] };
}

/**
 * The source of a module that exports a script's text. It imports the included files, so that bundles, and the test
 * runner's cache, change with them.
 */
export function luaModule(file: string): string {
  const { texts, included } = partsOf(file);
  if (included.length === 0) return `export default ${JSON.stringify(texts[0])};`;
  for (const path of included) readPart(path);
  const imports = included.map((path, i) => `import part${i} from ${JSON.stringify(`./include/${nameOf(path)}`)};\n`);
  const text = texts.map((each, i) => JSON.stringify(each) + (i < included.length ? `, part${i}.trimEnd()` : ""));
  return `${imports.join("")}export default [${text.join(", ")}].join("");`;
}

/** Bundles scripts as text. */
export const luaPlugin: Plugin = {
  name: "lua",
  setup(build) {
    build.onLoad({ filter: /\.lua$/ }, ({ path }) => ({
      contents: luaModule(path),
      loader: "js",
      resolveDir: dirname(path),
    }));
  },
};

/** The texts of a script before, between and after its directives, and the files that these name. */
function partsOf(file: string): { readonly texts: readonly string[]; readonly included: readonly string[] } {
  const pieces = readFileSync(file, "utf8").split(DIRECTIVE);
  const included = pieces.filter((_piece, i) => i % 2 === 1).map((name) => join(dirname(file), "include", name));
  return { texts: pieces.filter((_piece, i) => i % 2 === 0), included };
}

function readPart(path: string): string {
  const part = readFileSync(path, "utf8");
  if (DIRECTIVE.test(part)) throw new Error(`${path} includes another file: only scripts may`);
  return part;
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
