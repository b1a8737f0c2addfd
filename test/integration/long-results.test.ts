import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { Recorder } from "../../functions/results/recorder.ts";
import { findTestCase } from "../../functions/simulation/testcases/index.ts";
import type { Asked } from "../results/program.ts";
import { type CacheStack, startCacheStack } from "../support/cache-stack.ts";

const PROGRAM = fileURLToPath(new URL("../results/program.ts", import.meta.url));
const HOOKS = new URL("../support/lua-hooks.ts", import.meta.url).href;
const run = promisify(execFile);

const DAY = 86_400;
const YEAR = 365 * DAY;
const YEARS = 3;
const ROWS_A_DAY = 2880;
const ROWS_A_YEAR = 365 * ROWS_A_DAY;
/** Every point of the test case, as noisy as measurements are, and the constant inputs. */
const testcase = findTestCase("testcase1");
const measured = Object.keys(testcase?.measurements ?? {});
const inputs = Object.keys(testcase?.inputs ?? {});
const points = [...measured, ...inputs];

const valueAt = (name: string, row: number) =>
  name === "time" ? row * 30 : inputs.includes(name) ? 0 : 293 + Math.sin(row * (1 + measured.indexOf(name)));

let stack: CacheStack;
const testid = randomUUID();

beforeAll(async () => {
  stack = await startCacheStack();
  const { redis } = stack.fixture;
  const before = { testid, revision: 1, lineage: `${testid}.1`, tailBytes: 0 };
  const names = ["time", ...points];
  // Several years in one step, and an hour after it.
  const long = new Recorder(redis, stack.bucket, before);
  for (let from = 0; from < YEARS * ROWS_A_YEAR; from += ROWS_A_DAY) await long.add(rows(names, from, ROWS_A_DAY));
  const { segments } = await long.close();
  const short = new Recorder(redis, stack.bucket, before);
  await short.add(rows(names, YEARS * ROWS_A_YEAR, 120));
  const { chunks } = await short.close();
  const fields = ["status", "Running", "testcaseid", "testcase1", "version", testcase?.version ?? ""];
  await redis.command(["HSET", keys.test(testid), ...fields]);
  await redis.command(["RPUSH", keys.segments(testid), ...segments]);
  await redis.command(["RPUSH", keys.results(testid), ...chunks]);
});
afterAll(async () => {
  await stack.stop();
});

function rows(names: readonly string[], from: number, count: number) {
  return {
    names,
    columns: names.map((name) => Float64Array.from({ length: count }, (_, i) => valueAt(name, from + i))),
  };
}

async function ask(names: readonly string[], start: unknown, final: unknown, encoding = "gzip"): Promise<Asked> {
  const body = JSON.stringify({ point_names: names, start_time: start, final_time: final });
  const memory = ["--max-old-space-size=96"];
  const { stdout } = await run(process.execPath, [...memory, "--import", HOOKS, PROGRAM, testid, body, encoding], {
    env: { ...process.env, ...stack.environment, DOORBELL_QUEUE_URL: "http://unused.invalid" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Asked;
}

/** Of the answer that must come of it, written out number by number. */
function expectedHash(names: readonly string[], from: number, to: number): string {
  const hash = createHash("sha256");
  hash.update('{"status":200,"message":"The samples of the points in the time asked for.","payload":{');
  for (const [i, name] of ["time", ...names].entries()) {
    hash.update(`${i === 0 ? "" : ","}"${name}":[`);
    for (let row = from; row <= to; row += 10_000) {
      const count = Math.min(10_000, to - row + 1);
      const text = Array.from({ length: count }, (_, k) => `${valueAt(name, row + k)}`).join(",");
      hash.update(row === from ? text : `,${text}`);
    }
    hash.update("]");
  }
  return hash.update("}}").digest("hex");
}

async function hashAt(url: string | undefined, encoding: string): Promise<string> {
  const response = await fetch(url ?? "", { headers: { "accept-encoding": encoding } });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  const hash = createHash("sha256");
  for await (const chunk of response.body ?? []) hash.update(chunk);
  return hash.digest("hex");
}

describe("results of years", () => {
  it.each([
    { what: "all points of one", names: points, years: 1, encoding: "gzip" },
    { what: "one point of all of them", names: points.slice(0, 1), years: YEARS, encoding: "gzip" },
    { what: "two points of two, not compressed", names: points.slice(0, 2), years: 2, encoding: "identity" },
  ])("come in little memory: $what", async ({ names, years, encoding }) => {
    const isAll = years === YEARS;
    const from = isAll ? 0 : 7;
    const to = isAll ? YEARS * ROWS_A_YEAR + 119 : years * ROWS_A_YEAR + 7;
    const asked = await ask(names, isAll ? "-inf" : from * 30, isAll ? "inf" : to * 30, encoding);
    expect(asked).toMatchObject({ status: 303, body: expect.stringContaining('"method":"GET"') });
    expect(await hashAt(asked.location, encoding)).toBe(expectedHash(names, from, to));
    // The function has 512 MB.
    expect(asked.maxRssMb).toBeLessThan(400);
  });

  it("come at once where they are few, whatever surrounds them", async () => {
    const asked = await ask(points, YEAR, YEAR + 3600);
    expect(asked.status).toBe(200);
    const { payload } = JSON.parse(asked.body) as { payload: Record<string, number[]> };
    expect(Object.keys(payload)).toEqual(["time", ...points]);
    for (const [name, values] of Object.entries(payload)) {
      expect(values, name).toEqual(Array.from({ length: 121 }, (_, i) => valueAt(name, ROWS_A_YEAR + i)));
    }
  });

  it("are refused before they are begun where they would take too long, with the longest that would not", async () => {
    const before = stack.storage.counts();
    const refused = await ask(points, 0, "inf");
    expect(refused.status).toBe(400);
    const { message } = JSON.parse(refused.body) as { message: string };
    const [, longest] = /final_time can be at most (\d+)/.exec(message) ?? [];
    expect(stack.storage.counts()).toEqual(before);

    expect(Number(longest)).toBeGreaterThan(YEAR);
    expect(Number(longest)).toBeLessThan(YEARS * YEAR);
    expect((await ask(points, 0, Number(longest))).status).toBe(303);
  });
});
