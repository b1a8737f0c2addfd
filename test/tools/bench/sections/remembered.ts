import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { keys } from "../../../../functions/platform/keys.ts";
import { createRedis } from "../../../../functions/platform/redis.ts";
import { record } from "../../../../functions/platform/reply.ts";
import type { TestFields } from "../../../../functions/streams/claim.ts";
import { RememberedTests } from "../../../../functions/streams/remembered.ts";
import type { Cloud } from "../../../../infra/local/cloud/cloud.ts";
import { type Context, call } from "../context.ts";
import { atMost, type Section } from "../table.ts";
import { usageOf } from "../usage.ts";

/** Tests of one call of select. */
const AT_ONCE = 250;
/** The promise, bytes. */
const LIMIT_BYTES = 32 * 2 ** 20;

/**
 * What an api process takes for the tests that it remembers. Two clouds get as many calls, one after the other, so that one
 * process of each answers all of them: to one test, or to as many as there are.
 */
export async function remembered(context: Context): Promise<Section> {
  const { quick, say } = context;
  const count = quick ? 100 : 1_000;
  const measured: { readonly tests: number; readonly bytes: number }[] = [];
  let fields: TestFields = {};
  for (const tests of [1, count]) {
    say(`an api process with ${tests} tests`);
    const cloud = await context.cloud();
    const testids = await select(cloud, tests);
    // The second round finds all of them remembered.
    for (let i = 0; i < 2 * count; i++) await call(cloud.url, "POST", `/advance/${testids[i % tests]}`);
    measured.push({ tests, bytes: Math.max(...cloud.host.pids("api").map((pid) => usageOf([pid]).bytes)) });
    const redis = createRedis({ url: cloud.redisRest.url, token: cloud.redisRest.token });
    fields = record(await redis.command(["HGETALL", keys.test(testids[0] ?? "")]));
  }
  const [one, many] = measured.map(({ bytes }) => bytes) as [number, number];
  const heapBytes = heapOf(fields, count);
  const mb = (bytes: number) => bytes / 2 ** 20;
  return {
    title: "Remembered tests",
    tables: [
      {
        title: `Memory of an api process after ${2 * count} advances`,
        head: ["tests", "process, MB", "more than with one, MB", "of the heap, MB"],
        rows: [
          [1, mb(one), "", ""],
          [count, mb(many), mb(many - one), mb(heapBytes)],
        ],
      },
    ],
    notes: [
      "Of the process it is the proportional set size, of the heap what as many tests take in the memory of the process, after a collection of garbage.",
    ],
    targets: [
      atMost(
        `memory of an api process with ${count} remembered tests more than with one, of 32 MB`,
        (many - one) / LIMIT_BYTES,
        1,
      ),
      atMost(`heap of ${count} remembered tests, of 32 MB`, heapBytes / LIMIT_BYTES, 1),
    ],
  };
}

async function select(cloud: Cloud, count: number): Promise<string[]> {
  const testids: string[] = [];
  while (testids.length < count) {
    const body = { count: Math.min(AT_ONCE, count - testids.length) };
    const headers = { prefer: "wait=25" };
    const answer = await call(cloud.url, "POST", "/testcases/testcase1/select", body, headers);
    testids.push(...(answer as { testids: string[] }).testids);
  }
  return testids;
}

/** What so many tests with such fields take of the heap, bytes. */
function heapOf(fields: TestFields, count: number): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const text = JSON.stringify(fields);
  const tests = new RememberedTests();
  collect();
  const before = process.memoryUsage().heapUsed;
  // Parsed each time, so that no two share a text.
  for (let i = 0; i < count; i++) tests.remember(keys.test(String(i)), JSON.parse(text) as TestFields);
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  if (tests.bytes === 0) throw new Error("nothing is remembered");
  return bytes;
}
