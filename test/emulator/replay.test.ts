import { afterAll, beforeAll, expect, test } from "vitest";
import { unpackSamples } from "../../functions/emulator/packed-samples.ts";
import type { EmulatorRequest } from "../../functions/emulator/protocol.ts";
import { decodeSamples, encodeSamples } from "../../functions/simulation/samples.ts";
import { modelProcesses } from "./support/processes.ts";
import { advanceFrom, ask, askInVain, EmulatorFixture, initializeAt, type Served } from "./support/service.ts";

const YEARS = 8;
/** After so many years the two tests differ: more than a call simulates again, however quick the machine. */
const ALIKE_YEARS = 7;
const YEAR_SECONDS = 365 * 86_400;
/** A call may take so long. A process starts within it, and what is to be simulated again takes longer. */
const LIMIT_MS = 3000;

let fixture: EmulatorFixture;
let served: Served;
/** The state of a test that has simulated all years, and that of one that went on otherwise after some. */
let state: string;
let other: string;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
  served = await fixture.serve("cs-replay");
  const simulate = async (inputsLater: Record<string, number>) => {
    const instance = fixture.instance();
    let reached = (await ask(instance, initializeAt(served, 0))).state;
    for (let year = 0; year < YEARS; year++) {
      const inputs = year < ALIKE_YEARS ? {} : inputsLater;
      ({ state: reached } = await ask(
        instance,
        advanceFrom(served, reached, yearOf(year), { inputs, limitMs: 60_000 }),
      ));
    }
    await instance.close();
    return reached;
  };
  state = await simulate({});
  other = await simulate({ oveHeaSou_u: 1, oveHeaSou_activate: 1 });
}, 120_000);
afterAll(() => fixture.stop());

function yearOf(index: number) {
  return { start: YEAR_SECONDS * index, length: YEAR_SECONDS, intervals: 5000 };
}

const STEP = { start: YEAR_SECONDS * YEARS, length: 3600, intervals: 120 };
const step = (limitMs: number, from = state): EmulatorRequest => advanceFrom(served, from, STEP, { limitMs });

test("what takes longer than a call may is simulated again over many calls, in one process, to the same bits", async () => {
  const whole = await ask(fixture.instance(), step(120_000));
  const instance = fixture.instance();
  const known = modelProcesses();
  const reached: number[] = [];
  const begun: boolean[] = [];
  let reply = await instance.carryOut(step(LIMIT_MS));
  for (; !reply.ok; reply = await instance.carryOut(step(LIMIT_MS))) {
    expect(reply.failure).toBe("replaying");
    expect(reply.replayed?.ofSeconds).toBe(YEARS * YEAR_SECONDS);
    expect(reply.message).toBe(
      `what was simulated is being simulated again: ${reply.replayed?.doneSeconds} s of ${YEARS * YEAR_SECONDS} s so far`,
    );
    reached.push(reply.replayed?.doneSeconds ?? 0);
    begun.push(reply.replayed?.hasBegun ?? true);
    expect(modelProcesses().filter((each) => !known.includes(each))).toHaveLength(1);
  }
  expect(reached.length).toBeGreaterThan(1);
  expect(reached).toEqual([...new Set(reached)].sort((a, b) => a - b));
  expect(begun).toEqual(reached.map((_, i) => i === 0));
  const samples = decodeSamples(unpackSamples(Buffer.from(reply.samples, "base64")));
  expect(encodeSamples(samples)).toEqual(encodeSamples(whole.samples));
  expect(reply.state).toBe(whole.state);
}, 120_000);

test("a process goes on from the part of a history that it has done, and with no other", async () => {
  const instance = fixture.instance();
  const first = await askInVain(instance, step(LIMIT_MS));
  // Another test with the same beginning, as far as that is all that was done: the process is on its way, too.
  const { doneSeconds = 0 } = first.replayed ?? {};
  expect(doneSeconds).toBeGreaterThan(0);
  expect(doneSeconds).toBeLessThan(ALIKE_YEARS * YEAR_SECONDS);
  const second = await askInVain(instance, step(LIMIT_MS, other));
  expect(second.replayed?.hasBegun).toBe(false);
  expect(second.replayed?.doneSeconds).toBeGreaterThan(doneSeconds);
  let reached = second.replayed?.doneSeconds ?? 0;
  while (reached <= ALIKE_YEARS * YEAR_SECONDS) {
    const next = await instance.carryOut(step(LIMIT_MS, other));
    reached = next.ok ? YEARS * YEAR_SECONDS : (next.replayed?.doneSeconds ?? 0);
  }
  // By now it has done what the first test never did.
  expect((await askInVain(instance, step(LIMIT_MS))).replayed?.hasBegun).toBe(true);
}, 120_000);
