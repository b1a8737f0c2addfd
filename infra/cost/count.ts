import { setTimeout as delay } from "node:timers/promises";
import { ENV } from "../../functions/platform/environment.ts";
import { buildFmu } from "../../test/fmus/build.ts";
import { FUNCTIONS, type FunctionName } from "../bundle.ts";
import { type Cloud, startCloud } from "../local/cloud/cloud.ts";
import { Client } from "../local/demo/client.ts";
import type { Used } from "../local/lambda/host/host.ts";
import { readWiring } from "../local/stack/own-wiring.ts";
import { times, type Usage } from "./bill.ts";

/** The amounts counted on the local cloud, per operation. */
export interface Counted {
  readonly select: Usage;
  /** One step that the api carries out, and one that a worker does. */
  readonly inlineAdvance: Usage;
  readonly queuedAdvance: Usage;
  /** One step of a small compiled model that is alive, by the api and the emulator function; undefined where no model can be built. */
  readonly modelAdvance: Usage | undefined;
  /** Reading the KPIs and one point's results of a test. */
  readonly queries: Usage;
  readonly stop: Usage;
  /** One run of the sweeper without work. */
  readonly sweep: Usage;
}

/** May upload shared test cases. */
const ACCOUNT = { name: "cost", key: "cost", privileged: true };

/** The additional time of a round trip to Redis on Lambda, compared with this machine, ms. */
const ROUND_TRIP_MS = 2;

/** Runs each operation on a new cloud, many times, and counts the work of all parts. */
export async function countOperations(advances: number): Promise<Counted> {
  const inline = await onCloud({}, async (count, call) => {
    // The first of each loads the scripts into Redis, and is not counted.
    await call.api("PUT", `/stop/${await call.select()}`);
    await call.sweep();
    const testids: string[] = [];
    const select = await count(10, async () => testids.push(await call.select()));
    const [testid = ""] = testids;
    await call.api("PUT", `/step/${testid}`, { step: 3600 });
    await call.api("POST", `/advance/${testid}`);
    const inlineAdvance = await count(advances, () => call.api("POST", `/advance/${testid}`));
    const queries = await count(10, async () => {
      await call.api("GET", `/kpi/${testid}`);
      await call.api("PUT", `/results/${testid}`, { point_names: ["TRooAir_y"], start_time: 0, final_time: 604_800 });
    });
    const stop = await count(testids.length, async () => {
      await call.api("PUT", `/stop/${testids.pop()}`);
    });
    const sweep = await count(5, call.sweep);
    return { select, inlineAdvance, queries, stop, sweep };
  });
  const queuedAdvance = await onCloud({ [ENV.inlineMs]: "0" }, async (count, call) => {
    const testid = await call.select();
    await call.api("PUT", `/step/${testid}`, { step: 3600 });
    // The first ones tell what a step costs, and whose test it is.
    for (let i = 0; i < 3; i++) await call.api("POST", `/advance/${testid}`);
    return await count(advances, () => call.api("POST", `/advance/${testid}`));
  });
  return { ...inline, queuedAdvance, modelAdvance: await countModel(advances) };
}

/** The two-zone building of the tests, uploaded and published before the count begins. */
async function countModel(advances: number): Promise<Usage | undefined> {
  let file: string;
  try {
    ({ file } = await buildFmu("cs"));
  } catch {
    return undefined;
  }
  // However slow this machine is, the model counts as small.
  return await onCloud({ INLINE_MODEL_MS: "10000" }, async (count, call) => {
    await call.upload("twozone", file);
    const testid = await call.select("twozone");
    await call.api("PUT", `/step/${testid}`, { step: 3600 });
    // The first ones tell what a step costs, and whose test it is.
    for (let i = 0; i < 3; i++) await call.api("POST", `/advance/${testid}`);
    return await count(advances, () => call.api("POST", `/advance/${testid}`));
  });
}

interface Calls {
  select: (testcaseid?: string) => Promise<string>;
  upload: (testcaseid: string, file: string) => Promise<void>;
  api: (method: string, path: string, body?: unknown) => Promise<unknown>;
  sweep: () => Promise<unknown>;
}

/** Counts the work of some runs, and returns the average of one run. */
type Count = (runs: number, run: (index: number) => Promise<unknown>) => Promise<Usage>;

async function onCloud<T>(
  environment: Record<string, string>,
  work: (count: Count, calls: Calls) => Promise<T>,
): Promise<T> {
  const { functions } = await readWiring();
  await using cloud = await startCloud({ environment, scheduleSeconds: 0, accounts: [ACCOUNT] });
  const gb = (name: FunctionName) => functions[name].memoryMb / 1024;
  const calls = callsOf(cloud);
  const count: Count = async (runs, run) => {
    await settled(cloud);
    const before = await reading(cloud);
    for (let index = 0; index < runs; index++) await run(index);
    await settled(cloud);
    return times(difference(before, await reading(cloud), gb), 1 / runs);
  };
  return await work(count, calls);
}

function callsOf(cloud: Cloud): Calls {
  const api: Calls["api"] = async (method, path, body = {}) => {
    const text =
      method === "GET" ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(cloud.url + path, { method, ...text });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return answer.startsWith("{") || answer.startsWith("[") ? JSON.parse(answer) : answer;
  };
  return {
    api,
    select: async (testcaseid = "testcase1") =>
      ((await api("POST", `/testcases/${testcaseid}/select`)) as { testid: string }).testid,
    upload: (testcaseid, file) => new Client(cloud.url, ACCOUNT.key).upload(testcaseid, file),
    sweep: cloud.tick,
  };
}

interface Reading {
  commands: number;
  restRequests: number;
  storage: Record<string, number>;
  functions: Record<FunctionName, Used>;
}

async function reading(cloud: Cloud): Promise<Reading> {
  return {
    commands: Object.values(await cloud.redis.commandstats()).reduce((sum, calls) => sum + calls, 0),
    restRequests: cloud.redisRest.counts().requests,
    storage: cloud.storage.counts(),
    functions: cloud.host.usage(),
  };
}

const READS = /^(Get|Head)Object$/;
const WRITES = /^(Put|Copy|Post|List)Object|Multipart|UploadPart|ListObjects/;

function difference(before: Reading, after: Reading, gb: (name: FunctionName) => number): Usage {
  const grown = (matches: RegExp) =>
    Object.entries(after.storage)
      .filter(([name]) => matches.test(name))
      .reduce((sum, [name, n]) => sum + n - (before.storage[name] ?? 0), 0);
  const invocations = (name: FunctionName) => after.functions[name].invocations - before.functions[name].invocations;
  const gbMs = (name: FunctionName) => (after.functions[name].ms - before.functions[name].ms) * gb(name);
  const sum = (of: (name: FunctionName) => number) => FUNCTIONS.reduce((all, name) => all + of(name), 0);
  const modelGbMs = gbMs("emulator");
  // Each round trip to Redis takes longer on AWS; the more expensive function is assumed for all.
  const waitedGbMs = (after.restRequests - before.restRequests) * ROUND_TRIP_MS * gb("worker");
  return {
    redisCommands: after.commands - before.commands,
    httpRequests: invocations("api"),
    lambdaRequests: sum(invocations),
    lambdaGbSeconds: (sum(gbMs) - modelGbMs + waitedGbMs) / 1000,
    modelGbSeconds: modelGbMs / 1000,
    // Each message is sent, received and deleted.
    sqsRequests: 3 * grown(/^SendMessage/),
    s3Puts: grown(WRITES),
    s3Gets: grown(READS),
  };
}

/** Waits, because workers may still release tests after their answers. */
async function settled(cloud: Cloud): Promise<void> {
  for (;;) {
    const { visible, inFlight } = cloud.doorbells.depth();
    if (visible + inFlight === 0 && cloud.host.busy().length === 0) break;
    await delay(20);
  }
  // Log lines come through a pipe.
  await delay(50);
}
