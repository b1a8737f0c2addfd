import { createHash, randomBytes } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { zstdCompressSync } from "node:zlib";
import { packSamples, unpackSamples } from "../../functions/emulator/packed-samples.ts";
import type {
  CandidatesReply,
  CandidatesRequest,
  EmulatorReply,
  EmulatorRequest,
} from "../../functions/emulator/protocol.ts";
import { encodeManifest } from "../../functions/packages/encode.ts";
import { MANIFEST_LAYOUT, type Manifest } from "../../functions/packages/manifest.ts";
import type { Invoke } from "../../functions/platform/lambda.ts";
import { type Bucket, objectKeys } from "../../functions/platform/objects.ts";
import type { Simulated } from "../../functions/simulation/emulator.ts";
import { concatSamples, type Samples } from "../../functions/simulation/samples.ts";
import type { TestCase } from "../../functions/simulation/testcase.ts";

/** A published package that says what a built-in test case does; its hash is random. */
export async function publishCopy(bucket: Bucket, testcase: TestCase): Promise<Manifest> {
  const hours = Float64Array.from({ length: 8760 }, (_, i) => 3600 * i);
  const text = (values: Float64Array) => Buffer.from(values.buffer).toString("base64");
  const variable = (name: string, valueReference: number) => ({ name, valueReference, type: "Real" }) as const;
  const manifest: Manifest = {
    layout: MANIFEST_LAYOUT,
    hash: randomBytes(32).toString("hex"),
    fmu: { hash: "f".repeat(64), bytes: 1 },
    area: testcase.area,
    defaults: testcase.defaults,
    days: testcase.days,
    inputs: testcase.inputs,
    measurements: testcase.measurements,
    kpiMap: testcase.kpiMap,
    boundary: Object.entries(testcase.boundary.points).map(([point, info]) => ({
      point,
      ...info,
      between: "held",
      times: text(hours),
      values: text(testcase.boundary.values(point, hours)),
    })),
    model: {
      kind: "CoSimulation",
      identifier: "copy",
      guid: "copy",
      canGetAndSetState: true,
      canSerializeState: true,
      keeps: "shared",
      onlyOncePerProcess: true,
      states: 0,
      eventIndicators: 0,
      tolerance: null,
      inputs: Object.keys(testcase.inputs).map((name, i) => ({ ...variable(name, i), inForce: null })),
      outputs: Object.keys(testcase.measurements).map((name, i) => variable(name, 100 + i)),
    },
    verdict: { keeps: "shared", reason: null, covered: { hours: 72, fresh: 6, shared: 96 } },
  };
  await bucket.create(objectKeys.packageManifest(manifest.hash), await encodeManifest(manifest));
  return manifest;
}

/** The emulator function, as if a built-in emulator were its model: with states of any size. */
export class FakeFunction {
  readonly requests: EmulatorRequest[] = [];
  /** Answers in its place, or fails in its place, unless it gives nothing. */
  instead: ((request: EmulatorRequest) => EmulatorReply | undefined | Promise<EmulatorReply | undefined>) | undefined;
  readonly candidateRequests: CandidatesRequest[] = [];
  /** How many of a request's candidates it tries; without any, each is left to be computed step by step. */
  mostCandidates = 0;
  /** Whether the candidate at this place of a request fails. */
  fails: (candidate: number) => boolean = () => false;
  confinement = { files: true, calls: true, user: true };
  readonly #testcase: TestCase;
  readonly #stateBytes: number;

  constructor(testcase: TestCase, stateBytes: number) {
    this.#testcase = testcase;
    this.#stateBytes = stateBytes;
  }

  readonly invoke: Invoke = async (payload) => {
    const asked = JSON.parse(JSON.stringify(payload)) as EmulatorRequest | CandidatesRequest;
    if (asked.work.kind === "candidates") return await this.#tryCandidates(asked as CandidatesRequest);
    const request = asked as EmulatorRequest;
    this.requests.push(request);
    return (await this.instead?.(request)) ?? (await this.#carryOut(request));
  };

  async #carryOut({ work }: EmulatorRequest): Promise<EmulatorReply> {
    const { emulator } = this.#testcase;
    if (work.kind === "initialize") return this.#reply(await emulator.initialize(work.time));
    const state = new Uint8Array(Buffer.from(work.state, "base64"));
    const own = state.slice(0, state.length - this.#stateBytes);
    return this.#reply(await emulator.advance(own, work.inputs, work.grid, work.from, work.to));
  }

  async #tryCandidates(request: CandidatesRequest): Promise<CandidatesReply> {
    this.candidateRequests.push(request);
    if (this.mostCandidates === 0) return { ok: true, samples: [null], log: [], confinement: this.confinement };
    const told = new Uint8Array(Buffer.from(request.work.state, "base64"));
    const samples: (string | null)[] = [];
    for (const [i, steps] of request.work.candidates.slice(0, this.mostCandidates).entries()) {
      let state: Uint8Array = told.slice(0, told.length - this.#stateBytes);
      const parts: Samples[] = [];
      await turn(); // as if somebody else computed
      for (const { grid, inputs } of steps) {
        const simulated = await this.#testcase.emulator.advance(state, inputs, grid, 0, grid.intervals);
        state = simulated.state;
        parts.push(simulated.samples);
      }
      samples.push(this.fails(i) ? null : packSamples(concatSamples(parts)).toString("base64"));
    }
    return { ok: true, samples, log: [], confinement: this.confinement };
  }

  #reply({ state, samples }: Simulated): EmulatorReply {
    return {
      ok: true,
      state: Buffer.concat([state, noise(state, this.#stateBytes)]).toString("base64"),
      samples: packSamples(samples).toString("base64"),
      log: [],
      computeMs: 1,
      warm: false,
      confinement: this.confinement,
    };
  }
}

/** So many bytes that follow from others and look like chance. */
function noise(seed: Uint8Array, bytes: number): Buffer {
  const parts: Buffer[] = [];
  let last = Buffer.from(seed);
  for (let length = 0; length < bytes; length += 32) {
    last = createHash("sha256").update(last).digest();
    parts.push(last);
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

/** The samples of a reply with some of their bytes changed, as a model could that writes where it should not. */
export function tamper(reply: EmulatorReply, change: (bytes: Buffer) => Uint8Array): EmulatorReply {
  if (!reply.ok) throw new Error("the reply is no success");
  const samples = zstdCompressSync(change(unpackSamples(Buffer.from(reply.samples, "base64"))));
  return { ...reply, samples: samples.toString("base64") };
}
