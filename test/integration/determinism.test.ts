import { describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { stateOf } from "../support/state.ts";

const cloud = useCloud();
const { call, selectTest } = clientOf(cloud);

type Call = readonly [method: string, path: string, body?: object];

const FORECAST = { point_names: ["TDryBul", "PriceElectricPowerDynamic"], horizon: 7200, interval: 450 };
const ALL = {
  point_names: ["TRooAir_y", "PHeaCoo_y", "CO2RooAir_y", "oveAct_u"],
  start_time: "-inf",
  final_time: "inf",
};

/** Of every kind one, with refusals among them. */
const CALLS: readonly Call[] = [
  ["PUT", "step", { step: 777 }],
  ["PUT", "scenario", { temperature_uncertainty: "medium", seed: 11, electricity_price: "dynamic" }],
  ["POST", "advance", { oveAct_u: 3000, oveAct_activate: 1 }],
  ["PUT", "forecast", FORECAST],
  ["POST", "advance", {}],
  ["PUT", "forecast", FORECAST],
  ["POST", "advance", { oveAct_u: 20_000 }],
  ["POST", "advance", { oveAct_u: "nonsense" }],
  ["PUT", "initialize", { start_time: 90_000.5, warmup_period: 4321 }],
  ["POST", "advance", { oveAct_activate: 0 }],
  ["PUT", "results", ALL],
  ["PUT", "scenario", { time_period: "test_day", temperature_uncertainty: "high", seed: 2 }],
  ["PUT", "step", { step: 86_400 }],
  ["POST", "advance", { oveAct_u: -500, oveAct_activate: "True" }],
  ["PUT", "forecast", FORECAST],
  ["POST", "advance", {}],
  ["PUT", "results", { ...ALL, start_time: 1_100_000 }],
  ["GET", "kpi"],
];

/** How a test's commands are carried out: where the client waits, or by a worker. */
const INLINE = {};
const BY_WORKER = { prefer: "respond-async, wait=20" };

interface Player {
  readonly testid: string;
  readonly headers: Record<string, string>;
}

/** All that each client gets to see, but for the wall clock, of calls in step. */
async function play(players: readonly Player[], between = async () => {}): Promise<string[][]> {
  const seen: string[][] = players.map(() => []);
  for (const [method, path, body] of CALLS) {
    await between();
    const calls = players.map(({ testid, headers }) => call(method, `/${path}/${testid}`, { body, headers }));
    for (const [i, { status, text }] of (await Promise.all(calls)).entries()) {
      seen[i]?.push(`${method} ${path} ${status} ${text.replace(/"time_rat":[^,}]+/, "")}`);
    }
  }
  return seen;
}

const players = async (...all: Record<string, string>[]): Promise<Player[]> =>
  await Promise.all(all.map(async (headers) => ({ testid: await selectTest(), headers })));

/** Whoever answers next has never seen the test. */
async function replaceProcesses(): Promise<void> {
  const { host } = cloud();
  await Promise.all([...host.pids("api"), ...host.pids("worker")].map((pid) => host.kill(pid)));
}

/** The committed state in bytes, but for names and request ids. */
async function committed(testid: string) {
  const { fields, results, segments } = await stateOf(cloud(), testid);
  const own = new Set(["lineage", "start"]);
  return {
    fields: Object.fromEntries(Object.entries(fields).filter(([name]) => !own.has(name))),
    // Their revisions count the answers, which are the same as well.
    results,
    segments: segments.map((segment) => segment.replaceAll(testid, "")),
  };
}

describe("the same calls", () => {
  it("give the same bytes, each answered by another process, inline or by a worker", async () => {
    const [undisturbed, ...others] = await players(INLINE, INLINE, BY_WORKER);
    if (undisturbed === undefined) throw new Error("no test");
    const [expected = []] = await play([undisturbed]);
    expect(expected.filter((answer) => / 200 /.test(answer))).toHaveLength(CALLS.length - 1);
    for (const seen of await play(others, replaceProcesses)) expect(seen).toEqual(expected);

    const state = await committed(undisturbed.testid);
    for (const { testid } of others) expect(await committed(testid)).toEqual(state);
  });

  it("give the same bytes while others are at work", async () => {
    const [expected, ...others] = await play(await players(INLINE, BY_WORKER, BY_WORKER, INLINE));
    for (const seen of others) expect(seen).toEqual(expected);
  });
});
