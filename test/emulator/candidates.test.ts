import { availableParallelism } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EmulatorService } from "../../functions/emulator/emulator.ts";
import { unpackSamples } from "../../functions/emulator/packed-samples.ts";
import type { CandidatesReply, CandidatesRequest } from "../../functions/emulator/protocol.ts";
import type { Model } from "../../functions/packages/model.ts";
import type { PlannedStep } from "../../functions/simulation/emulator.ts";
import { concatSamples, decodeSamples, encodeSamples, type Samples } from "../../functions/simulation/samples.ts";
import { type FmuName, MISBEHAVES_AT } from "../fmus/build.ts";
import { modelProcesses } from "./support/processes.ts";
import { advanceFrom, ask, EmulatorFixture, hour, initializeAt, type Served } from "./support/service.ts";

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

const COUNT = 6;

async function served(name: FmuName, keeps: Model["keeps"]): Promise<Served> {
  const of = await fixture.serve(name);
  return { ...of, model: { ...of.model, keeps } };
}

/** Hours after the first, each candidate with another set point. */
const plan = (candidate: number): PlannedStep[] =>
  [1, 2].map((i) => ({
    grid: hour(i),
    inputs: i === 2 ? {} : { oveTSetSou_u: 290 + candidate, oveTSetSou_activate: 1 },
  }));
const PLANS = Array.from({ length: COUNT }, (_, candidate) => plan(candidate));

function candidatesFrom(
  of: Served,
  state: string,
  candidates: readonly (readonly PlannedStep[])[],
  options: { limitMs?: number; budgetMs?: number } = {},
): CandidatesRequest {
  const { limitMs = 20_000, budgetMs = 60_000 } = options;
  return { owner: "anna", package: of, work: { kind: "candidates", state, candidates, budgetMs }, limitMs };
}

async function tried(service: EmulatorService, request: CandidatesRequest) {
  const reply: CandidatesReply = await service.tryCandidates(request);
  if (!reply.ok) throw new Error(reply.message);
  return reply.samples.map((text) => (text === null ? null : unpackSamples(Buffer.from(text, "base64"))));
}

/** What steps come to, one after the other, in an instance of its own for each of them. */
async function inFreshProcesses(of: Served, begun: string, steps: readonly PlannedStep[]): Promise<Buffer> {
  let state = begun;
  const parts: Samples[] = [];
  for (const { grid, inputs } of steps) {
    const instance = fixture.instance();
    const reply = await ask(instance, advanceFrom(of, state, grid, { inputs }));
    await instance.close();
    parts.push(reply.samples);
    state = reply.state;
  }
  return Buffer.from(encodeSamples(concatSamples(parts)));
}

async function stateAfterFirstHour(of: Served, instance: EmulatorService): Promise<string> {
  const { state } = await ask(instance, initializeAt(of, 0));
  return (await ask(instance, advanceFrom(of, state, hour(0)))).state;
}

const KINDS: readonly (readonly [FmuName, Model["keeps"]])[] = [
  ["cs", "serialized"],
  ["cs", "shared"],
  ["cs-replay", "image"],
  ["me", "serialized"],
  ["me-replay", "image"],
];

describe.each(KINDS)("candidates from one state, of %s (%s)", (name, keeps) => {
  test("come to the same bits as each step in a fresh process", async () => {
    const of = await served(name, keeps);
    const instance = fixture.instance();
    const state = await stateAfterFirstHour(of, instance);
    const found = await tried(instance, candidatesFrom(of, state, PLANS));
    expect(found).toHaveLength(COUNT);
    // The first one is taken by the process of the test itself, and the last one by one that was elsewhere meanwhile.
    for (const i of [0, COUNT - 1]) {
      const expected = await inFreshProcesses(of, state, PLANS[i] ?? []);
      expect(found[i]?.equals(expected)).toBe(true);
    }
    expect(decodeSamples(found[0] ?? Buffer.alloc(0))).not.toEqual(decodeSamples(found[1] ?? Buffer.alloc(0)));
    // The test itself goes on from where it was.
    const next = await ask(instance, advanceFrom(of, state, hour(1)));
    const other = await inFreshProcesses(of, state, [{ grid: hour(1), inputs: {} }]);
    expect(other.equals(Buffer.from(encodeSamples(next.samples)))).toBe(true);
    await instance.close();
  });
});

describe("candidates from one state", () => {
  test("are computed by as many processes as there are processors, which serve all of them", async () => {
    const of = await served("cs-replay", "image");
    const instance = fixture.instance({ processes: 8 });
    const state = await stateAfterFirstHour(of, instance);
    await tried(instance, candidatesFrom(of, state, PLANS));
    expect(modelProcesses()).toHaveLength(Math.min(availableParallelism(), COUNT));
    await instance.close();
  });

  test.each(["crash", "hang", "error", "leak"] as const)("fail alone where one does: %s", async (name) => {
    const of = await served(name, "serialized");
    const instance = fixture.instance();
    const { state } = await ask(instance, initializeAt(of, 0));
    const brief = [{ grid: { start: 0, length: MISBEHAVES_AT / 2, intervals: 1 }, inputs: {} }];
    const long = [...brief, { grid: { start: MISBEHAVES_AT / 2, length: 3600, intervals: 120 }, inputs: {} }];
    const found = await tried(
      instance,
      candidatesFrom(of, state, [brief, long, brief, long, brief], { limitMs: 2000 }),
    );
    const expected = await inFreshProcesses(of, state, brief);
    expect(found.map((each) => each?.equals(expected))).toEqual([true, undefined, true, undefined, true]);
    await instance.close();
  });

  test("that do not fit into the time are not begun, but the first one is", async () => {
    const of = await served("cs-replay", "image");
    const instance = fixture.instance();
    const state = await stateAfterFirstHour(of, instance);
    const found = await tried(instance, candidatesFrom(of, state, PLANS, { budgetMs: -1 }));
    expect(found).toHaveLength(1);
    await instance.close();
  });
});
