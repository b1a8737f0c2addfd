import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";

/**
 * A stack trace with places in the source files of a bundle. Node.js can do this itself, but it would read each
 * bundle's map when it loads the bundle, which takes more memory than the function. Errors are rare.
 *
 * @param file the bundle; its map lies beside it
 */
export function originalTrace(stack: string, file: string): string[] {
  const map = stack.includes(file) ? readMap(`${file}.map`) : undefined;
  return stack.split("\n").map((line) => {
    const [place, row, column] = /(?<=index\.mjs):(\d+):(\d+)/.exec(line) ?? [];
    if (map === undefined || place === undefined || !line.includes(file)) return line;
    const origin = map.findEntry(Number(row) - 1, Number(column) - 1);
    if (!("originalSource" in origin)) return line;
    const source = resolve(dirname(file), origin.originalSource);
    return line
      .replace(`file://${file}${place}`, `${file}${place}`)
      .replace(`${file}${place}`, `${source}:${origin.originalLine + 1}:${origin.originalColumn + 1}`);
  });
}

function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // The bundle has no map: return the trace unchanged.
    return undefined;
  }
}
