import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Model, VariableType } from "../../functions/packages/model.ts";
import type { InputValues } from "../../functions/simulation/emulator.ts";
import { column, concatSamples, encodeSamples, type Samples } from "../../functions/simulation/samples.ts";
import { findCompiler } from "../../infra/native/compiler.ts";
import { zip } from "../fmus/zip.ts";
import { advanceFrom, ask, askInVain, EmulatorFixture, hour, initializeAt, type Served } from "./support/service.ts";

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

/** Hours with a heater overwritten in one of them; each in a fresh process, or all in one. */
async function simulate(served: Served, isFresh: boolean): Promise<Samples> {
  let instance = fixture.instance();
  let { state } = await ask(instance, initializeAt(served, 6 * 3600));
  const parts: Samples[] = [];
  for (let index = 6; index < 9; index++) {
    if (isFresh) {
      await instance.close();
      instance = fixture.instance();
    }
    const inputs: InputValues = index === 7 ? { oveHeaNor_u: 0.4, oveHeaNor_activate: 1 } : {};
    const reply = await ask(instance, advanceFrom(served, state, hour(index), { inputs }));
    ({ state } = reply);
    parts.push(reply.samples);
  }
  await instance.close();
  return concatSamples(parts);
}

describe.each(["cs", "me"] as const)("a model behind FMI 3.0's interface: %s-3", (name) => {
  test("gives the samples that it gives behind FMI 2.0's, bit for bit, live and restored", async () => {
    const expected = encodeSamples(await simulate(await fixture.serve(name), false));
    const served = await fixture.serve(`${name}-3`);
    expect(encodeSamples(await simulate(served, false))).toEqual(expected);
    expect(encodeSamples(await simulate(served, true))).toEqual(expected);
  });

  test("logs under FMI 3.0's names", async () => {
    const { log } = await ask(fixture.instance(), initializeAt(await fixture.serve(`${name}-3`), 0));
    expect(log).toEqual([expect.stringMatching(/^fmi3OK \[logAll\]: initialized at 0\.0 s: 6 states, .* rows, ##!$/)]);
  });
});

test("a model of FMI 3.0 may end the simulation", async () => {
  const served = await fixture.serve("finish-3");
  const instance = fixture.instance();
  const { state } = await ask(instance, initializeAt(served, 359_000));
  const grid = { start: 359_000, length: 3600, intervals: 6 };
  expect(await askInVain(instance, advanceFrom(served, state, grid))).toMatchObject({
    failure: "ended",
    message: "the model ended the simulation at 360000 s, by itself",
  });
});

describe("variables of all types that are numbers", () => {
  const TYPES: readonly VariableType[] = [
    ...(["Float64", "Int32", "Boolean", "Float32", "Int8", "UInt8", "Int16", "UInt16", "UInt32", "Int64"] as const),
    "UInt64",
  ];
  const model: Model = {
    fmi: 3,
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
    inputs: TYPES.map((type, i) => ({ name: type, valueReference: i, type, inForce: null })),
    outputs: TYPES.map((type, i) => ({ name: `${type}_y`, valueReference: 100 + i, type })),
  };
  let served: Served;

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "boptest-types-"));
    try {
      const library = join(folder, "types.so");
      const source = fileURLToPath(new URL("../fmus/src/types.c", import.meta.url));
      execFileSync(findCompiler(), ["-std=gnu17", "-O1", "-fPIC", "-shared", "-o", library, source]);
      const path = "binaries/x86_64-linux/types.so";
      served = fixture.serveBytes(zip([{ path, content: readFileSync(library) }]), model);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  async function valuesOf(inputs: InputValues): Promise<readonly (number | undefined)[]> {
    const instance = fixture.instance();
    const { state } = await ask(instance, initializeAt(served, 0));
    const grid = { start: 0, length: 30, intervals: 1 };
    const { samples } = await ask(instance, advanceFrom(served, state, grid, { inputs }));
    await instance.close();
    for (const type of TYPES) expect(column(samples, type)).toEqual(column(samples, `${type}_y`));
    return TYPES.map((type) => column(samples, type)[0]);
  }
  const all = (value: number) => Object.fromEntries(TYPES.map((type) => [type, value]));

  test("are set and read as they are, toward zero where they are whole", async () => {
    expect(await valuesOf(all(1.75))).toEqual([1.75, 1, 1, 1.75, 1, 1, 1, 1, 1, 1, 1]);
    expect(await valuesOf(all(-1.75))).toEqual([-1.75, -1, 1, -1.75, -1, 0, -1, 0, 0, -1, 0]);
  });

  test("have the nearest value of their type where one is beyond it", async () => {
    const [most, least] = [await valuesOf(all(1e30)), await valuesOf(all(-1e30))];
    const float = Math.fround(1e30);
    expect(most).toEqual([1e30, 2 ** 31 - 1, 1, float, 127, 255, 32_767, 65_535, 2 ** 32 - 1, 2 ** 63, 2 ** 64]);
    expect(least).toEqual([-1e30, -(2 ** 31), 1, -float, -128, 0, -32_768, 0, 0, -(2 ** 63), 0]);
  });

  test("a step that returns early although nobody has allowed that fails, and says how far it came", async () => {
    const instance = fixture.instance();
    const { state } = await ask(instance, initializeAt(served, 0));
    const reply = await askInVain(instance, advanceFrom(served, state, { start: 0, length: 90, intervals: 3 }));
    expect(reply).toMatchObject({
      failure: "model",
      message: "fmi3DoStep from 60 s to 90 s returned early, which it was not allowed to; it came to 75 s",
    });
  });
});
