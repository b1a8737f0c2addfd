import { expect, it } from "vitest";
import { findWrongImports } from "./layers.ts";

const LAYERS = [["top/a", "top/b"], ["middle"], ["middle/low", "bottom"]];
const check = (path: string, text: string) => findWrongImports([{ path, text }], LAYERS);

it("imports of the own room and of lower layers are right", () => {
  const text = 'import { x } from "./x.ts";\nimport y from "../../middle/y.ts";\nexport * from "../../bottom/z.ts";\n';
  expect(check("top/a/file.ts", text)).toEqual([]);
});

it.each([
  ["up", "middle/file.ts", 'import { x } from "../top/a/x.ts";', "top/a"],
  ["up, of a type", "middle/file.ts", 'import type { X } from "../top/a/x.ts";', "top/a"],
  ["up, of a type within a type", "middle/file.ts", 'let x: import("../top/a/x.ts").X;', "top/a"],
  ["up, over several lines", "middle/file.ts", 'import {\n  x,\n} from "../top/a/x.ts";', "top/a"],
  ["up, when it is needed", "middle/file.ts", 'await import("../top/a/x.ts");', "top/a"],
  ["up, of what is exported again", "bottom/file.ts", 'export { x } from "../middle/x.ts";', "middle"],
  ["up, from a room within a room", "middle/low/file.ts", 'import { x } from "../x.ts";', "middle"],
  ["sideways", "top/a/file.ts", 'import { x } from "../b/x.ts";', "top/b"],
  ["out of all layers", "top/a/file.ts", 'import { x } from "../../other/x.ts";', "what is in no layer"],
])("an import is told that points %s", (_where, path, text, room) => {
  expect(check(path, text)).toEqual([expect.stringMatching(new RegExp(`may not import ${room}$`))]);
});

it("a file in no layer is told", () => {
  expect(check("elsewhere/file.ts", "")).toEqual(["elsewhere/file.ts is in no layer: add its folder to LAYERS"]);
});
