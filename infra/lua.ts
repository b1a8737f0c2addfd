import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";

/** A line of a script for which a file of the folder `include` beside the script is put in. */
const DIRECTIVE = /^-- @include (\S+)$/gm;

/** A Lua script as Redis gets it. */
export interface LuaScript {
  readonly text: string;
  /** The script's file, and those that were put in. */
  readonly files: readonly string[];
}

/**
 * Reads a Lua script, and puts in what it includes: `-- @include held.lua` stands for `include/held.lua`.
 * Every reader of scripts uses this function: the bundles, the tests, and programs that run unbundled.
 *
 * @throws Error if an included file is missing, or includes another
 */
export function readLua(file: string): LuaScript {
  const files = [file];
  const text = readFileSync(file, "utf8").replace(DIRECTIVE, (_line, name: string) => {
    const included = join(dirname(file), "include", name);
    const part = readFileSync(included, "utf8");
    if (new RegExp(DIRECTIVE).test(part)) throw new Error(`${included} includes another file: only scripts may`);
    files.push(included);
    return part.trimEnd();
  });
  return { text, files };
}

/** A module that exports a script's text. */
export function luaModule(file: string): string {
  return `export default ${JSON.stringify(readLua(file).text)};`;
}

/** Bundles scripts as text. @param read is told every file that was read */
export function luaPlugin(read: (file: string) => void): Plugin {
  return {
    name: "lua",
    setup(build) {
      build.onLoad({ filter: /\.lua$/ }, ({ path }) => {
        const { text, files } = readLua(path);
        files.forEach(read);
        return { contents: text, loader: "text" };
      });
    },
  };
}
