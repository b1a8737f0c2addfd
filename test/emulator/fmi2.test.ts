import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostProgram } from "../../functions/emulator/native.ts";
import { encodeInitialize } from "../../functions/emulator/orders.ts";
import type { Model, VariableType } from "../../functions/packages/model.ts";
import { column } from "../../functions/simulation/samples.ts";
import { findCompiler } from "../../infra/native/compiler.ts";
import { zip } from "../fmus/zip.ts";
import { runHost } from "./support/host.ts";
import { advanceFrom, ask, EmulatorFixture, initializeAt } from "./support/service.ts";

const TYPES: readonly VariableType[] = ["Real", "Integer", "Boolean"];
const model: Model = {
  kind: "CoSimulation",
  identifier: "types",
  guid: "",
  canGetAndSetState: false,
  canSerializeState: false,
  keeps: "replayed",
  onlyOncePerProcess: true,
  states: 0,
  eventIndicators: 0,
  tolerance: null,
  inputs: TYPES.map((type) => ({ name: type, valueReference: 0, type, inForce: null })),
  outputs: TYPES.map((type) => ({ name: `${type}_y`, valueReference: 100, type })),
};

let fixture: EmulatorFixture;
/** Its name has all that a URI writes in another way. */
let folder: string;
let bytes: Buffer;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
  folder = mkdtempSync(join(tmpdir(), "boptest types%20#ü?-"));
  const library = join(folder, "types.so");
  const source = fileURLToPath(new URL("../fmus/src/types-2.c", import.meta.url));
  execFileSync(findCompiler(), ["-std=gnu17", "-O1", "-fPIC", "-shared", "-o", library, source]);
  bytes = zip([
    { path: "binaries/linux64/types.so", content: readFileSync(library) },
    { path: "resources/a file", content: "read" },
  ]);
});
afterAll(async () => {
  await fixture.stop();
  rmSync(folder, { recursive: true });
});

/** What the model has in force when all of its inputs are set to a value. */
async function valuesOf(value: number): Promise<readonly (number | undefined)[]> {
  const served = fixture.serveBytes(bytes, model);
  const instance = fixture.instance();
  const { state } = await ask(instance, initializeAt(served, 0));
  const inputs = Object.fromEntries(TYPES.map((type) => [type, value]));
  const { samples } = await ask(
    instance,
    advanceFrom(served, state, { start: 0, length: 30, intervals: 1 }, { inputs }),
  );
  await instance.close();
  for (const type of TYPES) expect(column(samples, type)).toEqual(column(samples, `${type}_y`));
  return TYPES.map((type) => column(samples, type)[0]);
}

test("inputs of FMI 2.0 are set and read as they are, toward zero where they are whole", async () => {
  expect(await valuesOf(1.75)).toEqual([1.75, 1, 1]);
  expect(await valuesOf(-1.75)).toEqual([-1.75, -1, 1]);
  expect(await valuesOf(0)).toEqual([0, 0, 0]);
});

test("an Integer of FMI 2.0 has the nearest value of its type where one is beyond it", async () => {
  expect(await valuesOf(3e9)).toEqual([3e9, 2 ** 31 - 1, 1]);
  expect(await valuesOf(-1e30)).toEqual([-1e30, -(2 ** 31), 1]);
});

test("a model finds its resources, whether it decodes their URI or not: wherever the package lies, nothing in it is encoded", async () => {
  const file = join(folder, "types.fmu");
  writeFileSync(file, bytes);
  const nothing = { samples: false, capture: null };
  const { frames } = await runHost(hostProgram(), { file, model }, [encodeInitialize(0, nothing, false)], {
    within: folder,
  });
  expect(frames.map(({ head }) => head)).toContainEqual({
    kind: "log",
    line: "fmi2OK [resources]: file:///proc/self/fd/5/resources: read",
  });
});
