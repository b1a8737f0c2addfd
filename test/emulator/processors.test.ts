import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { libraryFolders } from "../../functions/emulator/library-folders.ts";
import { hostProgram } from "../../functions/emulator/native.ts";
import { encodeInitialize, encodeRestore, encodeSimulate, type Wanted } from "../../functions/emulator/orders.ts";
import { decodeState } from "../../functions/emulator/state.ts";
import type { Keeping } from "../../functions/packages/model.ts";
import { buildFmu } from "../fmus/build.ts";
import { runHost } from "./support/host.ts";
import { advanceFrom, ask, EmulatorFixture, hour, initializeAt } from "./support/service.ts";

/*
 * A model that takes the C library's functions, in the service, which runs on this machine's processor, and in a host for which the
 * C library is told that the processor is an old one: without all that came after SSE2 (names: glibc's sysdeps/x86/include/cpu-features.h).
 */
const NEWER =
  "AVX,AVX2,FMA,FMA4,AVX512F,AVX512VL,AVX512BW,AVX512DQ,AVX512CD,SSE3,SSSE3,SSE4_1,SSE4_2,BMI1,BMI2,LZCNT,MOVBE,POPCNT,ERMS,FSRM,XSAVEC";
const OLD_PROCESSOR = { GLIBC_TUNABLES: `glibc.cpu.hwcaps=${NEWER.replace(/[^,]+/g, "-$&")}` };

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

const START = 5 * 3600;
const HOURS = [5, 6, 7];

/** Of an hour's bytes, as they come from a model's process: what it captured, then the samples, row by row. */
const digest = (...bytes: readonly Uint8Array[]) => createHash("sha256").update(Buffer.concat(bytes)).digest("hex");

describe.each([
  ["cs-libm", "shared", "serialized"],
  ["me-libm", "image", "image"],
] as const)("%s, kept as %s", (name, keeps: Keeping, capture) => {
  const wanted: Wanted = { samples: true, capture };

  /** Three hours in the service: its states, and digests. */
  async function inService() {
    const served = await fixture.serve(name);
    const imaged = { ...served, model: { ...served.model, keeps } };
    const instance = fixture.instance();
    let { state } = await ask(instance, initializeAt(imaged, START));
    const states: string[] = [];
    const digests: string[] = [];
    for (const each of HOURS) {
      const reply = await ask(instance, advanceFrom(imaged, state, hour(each)));
      state = reply.state;
      states.push(state);
      const columns = reply.samples.columns.slice(1);
      const rows = Array.from({ length: 120 }, (_, row) => columns.map((column) => column[row] ?? Number.NaN));
      digests.push(digest(bytesOf(state), new Uint8Array(Float64Array.from(rows.flat()).buffer)));
    }
    await instance.close();
    return { states, digests };
  }

  function bytesOf(state: string): Uint8Array {
    const decoded = decodeState(Buffer.from(state, "base64"), 1e8);
    if (decoded.kind === "replay") throw new Error("it was to be captured");
    return decoded.bytes;
  }

  /** Digests of hours in a host of its own, from the beginning or from a captured state. */
  async function inHost(environment: Record<string, string>, hours = HOURS, from?: Uint8Array): Promise<string[]> {
    const fmu = await buildFmu(name);
    const nothing: Wanted = { samples: false, capture: null };
    const begin = encodeInitialize(
      START,
      from === undefined ? { ...wanted, samples: false } : nothing,
      keeps === "image",
    );
    const inputs = fmu.model.inputs.map(() => 0);
    const steps = hours.map((each) =>
      encodeSimulate({ grid: hour(each), inputs, from: 0, to: 120, restedAt: null }, wanted, 1e9),
    );
    const orders = [begin, ...(from === undefined ? [] : [encodeRestore(from, capture)]), ...steps];
    const { frames } = await runHost(hostProgram(), fmu, orders, { environment, libraries: libraryFolders() });
    const done = frames.filter(({ head }) => head.kind !== "log");
    if (done.length !== orders.length + 1) throw new Error(JSON.stringify(done.at(-1)?.head));
    return done.slice(-hours.length).map(({ bytes }) => digest(bytes));
  }

  test("has the same bits on a processor without AVX2 and FMA: states and samples", async () => {
    const { digests } = await inService();
    expect(await inHost(OLD_PROCESSOR)).toEqual(digests);
  });

  test("goes on there from a state of this processor, with the same bits", async () => {
    const { states, digests } = await inService();
    expect(await inHost(OLD_PROCESSOR, HOURS.slice(2), bytesOf(states[1] ?? ""))).toEqual(digests.slice(2));
  });

  // What the tests above would find: with the C library's own choice the two processors differ.
  test.runIf(/\bfma\b/.test(readFileSync("/proc/cpuinfo", "utf8")))(
    "has others where the C library takes what the processor has",
    async () => {
      expect(await inHost({})).not.toEqual(await inHost(OLD_PROCESSOR));
    },
  );
});
