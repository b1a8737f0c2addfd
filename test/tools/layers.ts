import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/**
 * The layers of the code, from top to bottom. A file may import files of its own room (an entry of this list) and of lower
 * layers. Rooms of one layer do not import each other.
 */
export const LAYERS: readonly (readonly string[])[] = [
  ["infra/app.ts", "infra/accounts.ts", "infra/cost"],
  ["infra/local"],
  ["infra/synthesize.ts", "infra/stack.ts", "infra/native"],
  ["infra/constructs"],
  ["infra"],
  ["infra/programs"],
  ["functions/api", "functions/worker", "functions/sweeper", "functions/intake"],
  ["functions/api/endpoints"],
  ["functions/api/waiting"],
  ["functions/api/limits"],
  ["functions/api/context.ts"],
  ["functions/api/http"],
  ["functions/api/routes.ts"],
  ["functions/garbage"],
  ["functions/lifecycle"],
  ["functions/emulator-client"],
  ["functions/emulator", "functions/results", "functions/uploads"],
  ["functions/accounts", "functions/cache", "functions/packages", "functions/streams"],
  ["functions/platform", "functions/simulation"],
  // Builds the FMU of the demonstration and of the cost estimate.
  ["test/fmus"],
  // The page runs in browsers, and uses only the functions' HTTP API.
  ["functions/page"],
  ["functions/page/views"],
  ["functions/page/charts"],
  ["functions/page/state"],
  ["functions/page/client"],
  ["clients/typescript"],
];

/** Imports, exports and dynamic imports of files of this project, with types. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*"(\.\.?\/[^"]+)"/g;

export interface SourceFile {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
}

export function readSourceFile(root: string, path: string): SourceFile {
  return { path, text: readFileSync(join(root, path), "utf8") };
}

/** Imports that point up or sideways, and files of no room: one line each. */
export function findWrongImports(files: readonly SourceFile[], layers = LAYERS): string[] {
  return files.flatMap(({ path, text }) => {
    const from = placeOf(path, layers);
    if (from === undefined) return [`${path} is in no layer: add its folder to LAYERS`];
    return [...text.matchAll(IMPORT)].flatMap(([, specifier = ""]) => {
      const target = normalize(join(dirname(path), specifier));
      const to = placeOf(target, layers);
      if (to !== undefined && (to.room === from.room || to.layer > from.layer)) return [];
      return [`${path} imports ${target}: ${from.room} may not import ${to?.room ?? "what is in no layer"}`];
    });
  });
}

/** The room of a file is the longest entry of the list that contains it. */
function placeOf(path: string, layers: typeof LAYERS): { room: string; layer: number } | undefined {
  const places = layers.flatMap((rooms, layer) => rooms.map((room) => ({ room, layer })));
  return places
    .filter(({ room }) => path === room || path.startsWith(`${room}/`))
    .sort((one, other) => other.room.length - one.room.length)[0];
}
