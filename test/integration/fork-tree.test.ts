import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { bucketOf, redisOf, resultObjects } from "../support/state.ts";
import { Twin } from "../support/twin.ts";

const cloud = useCloud({ workers: 2, environment: { ORPHAN_GRACE_MS: "0", HOUSEKEEPING_MS: "0" } });
const client = clientOf(cloud);
const redis = () => redisOf(cloud());
/** Long enough for a segment of its own, if the building controls itself. */
const LONG = 5 * 86_400;

/** Nothing in Redis or S3 is left of any test, once the sweeper has been there. */
async function expectNothingLeft(): Promise<void> {
  await cloud().tick();
  expect(await redis().command(["KEYS", "lineage:*"])).toEqual([]);
  expect(await redis().command(["KEYS", "tests:*-*"])).toEqual([]);
  expect(await redis().command(["SCARD", keys.garbage()])).toBe(0);
  expect((await bucketOf(cloud()).list("results/")).objects).toEqual([]);
}

/** A tree: the origin, a fork of it that has begun to differ, a fork of that one's checkpoint, a further fork. */
async function grow(): Promise<Twin[]> {
  const origin = await Twin.select(client);
  await origin.setStep(LONG);
  await origin.advance({});
  const [branch] = await origin.fork();
  if (branch === undefined) throw new Error("no fork");
  await branch.advance({ oveAct_u: -200, oveAct_activate: 1 });
  await branch.checkpoint("c");
  await branch.advance({ oveAct_u: 44 });
  const [leaf] = await branch.fork(1, "c");
  const [late] = await branch.fork();
  await origin.advance({ oveAct_u: 700, oveAct_activate: 1 });
  if (leaf === undefined || late === undefined) throw new Error("no fork");
  await leaf.advance({ oveAct_activate: 0 });
  return [origin, branch, leaf, late];
}

/** Every order of some things. */
function orders<T>(of: readonly T[]): T[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((first, i) => orders(of.filter((_, k) => k !== i)).map((rest) => [first, ...rest]));
}

describe("tests that share a history", () => {
  it.each(orders([0, 1, 2, 3]))("can be stopped in the order %i %i %i %i: the others keep theirs", async (...order) => {
    const tree = await grow();
    expect((await resultObjects(cloud())).length).toBeGreaterThanOrEqual(6);
    for (const i of order) {
      const twin = tree[i];
      if (twin === undefined) throw new Error("no test");
      // What was deleted when others were stopped, too much of it, is missing from now on.
      await twin.expectHistory("TRooAir_y");
      await twin.stop();
      await cloud().tick();
    }
    await expectNothingLeft();
  });
});

const NAMES = ["a", "b"];
const inputs = fc.record(
  { oveAct_u: fc.integer({ min: -9000, max: 9000 }), oveAct_activate: fc.constantFrom(0, 1) },
  { requiredKeys: [] },
);
const name = fc.constantFrom(...NAMES);
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("advance"), body: inputs }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("advanceMany"), list: fc.array(inputs, { minLength: 1, maxLength: 5 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("rollOut"), list: fc.array(inputs, { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("setStep"), step: fc.constantFrom(0, 45, 3600, LONG) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("initialize"), start: fc.constantFrom(0, 80_000, 200_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("price"), price: fc.constantFrom("constant", "dynamic") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("checkpoint"), name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restore"), name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete"), name }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("fork"), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("forkCheckpoint"), name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("stop") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("sweep") }) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;
/** A command, and which of the tests that there are it goes to. */
const addressed = fc.record({ at: fc.nat(), command });

const MAX_TESTS = 8;

/** Carries a command out on a test; the tests that there are then. */
async function apply(tests: readonly Twin[], at: Twin, command: Command): Promise<readonly Twin[]> {
  switch (command.kind) {
    case "advance":
      await at.advance(command.body);
      break;
    case "advanceMany":
      await at.advanceMany(command.list);
      break;
    case "rollOut":
      await at.rollOut(command.list);
      break;
    case "setStep":
      await at.setStep(command.step);
      break;
    case "initialize":
      await at.initialize(command.start, 7200);
      break;
    case "price":
      await at.setScenario({ electricity_price: command.price });
      break;
    case "checkpoint":
      await at.checkpoint(command.name);
      break;
    case "restore":
      await at.restore(command.name);
      break;
    case "delete":
      await at.deleteCheckpoint(command.name);
      break;
    case "fork": {
      const count = Math.min(command.count, MAX_TESTS - tests.length);
      return count < 1 ? tests : [...tests, ...(await at.fork(count))];
    }
    case "forkCheckpoint": {
      const known = at.checkpoints.includes(command.name);
      return !known || tests.length >= MAX_TESTS ? tests : [...tests, ...(await at.fork(1, command.name))];
    }
    case "stop":
      if (tests.length === 1) break;
      await at.stop();
      return tests.filter((test) => test !== at);
    case "sweep":
      await cloud().tick();
  }
  return tests;
}

describe("a tree of forks under random commands", () => {
  it("is as many tests of their own: each as if it had been alone, and nothing is left of them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(addressed, { minLength: 10, maxLength: 30 }), async (commands) => {
        const first = await Twin.select(client);
        // A history that is worth sharing.
        await first.setStep(LONG);
        await first.advanceMany([{ oveAct_u: 1, oveAct_activate: 1 }, {}]);
        let tests: readonly Twin[] = [first];
        for (const { at, command } of commands) {
          const twin = tests[at % tests.length];
          if (twin !== undefined) tests = await apply(tests, twin, command);
        }
        await cloud().tick();
        // All at once: whatever they share, none is in another's way.
        await Promise.all(
          tests.map(async (twin, i) => {
            await twin.advanceMany([{ oveAct_u: 100 * i, oveAct_activate: 1 }, {}]);
            await twin.expectSame();
          }),
        );
        await Promise.all(tests.map((twin) => twin.stop()));
        await expectNothingLeft();
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });
});
