import { type Answer, type CallOptions, call } from "./call.ts";
import { type Command, record } from "./commands.ts";
import type {
  About,
  Checkpoint,
  Columns,
  Inputs,
  Kpis,
  ListedTestcase,
  Points,
  Rollout,
  Run,
  Scenario,
} from "./types.ts";

/** Where test cases are: those that all share, or a user's own. */
export interface Scope {
  readonly user: string;
  readonly key: string;
}

interface Envelope<T> {
  readonly message: string;
  readonly payload: T;
}

/** A command may wait for other commands of the same test. */
const COMMAND_MS = 480_000;

/** The service's routes, typed. Commands are noted, so that the page can show them as code. */
export const api = {
  version: async () => (await query<{ service: string }>("GET", "/version")).service,

  testcases: async (scope?: Scope): Promise<readonly ListedTestcase[]> => {
    const path = scope === undefined ? "/testcases" : `/users/${encodeURIComponent(scope.user)}/testcases`;
    return (await bare<ListedTestcase[]>("GET", path, { key: scope?.key })) ?? [];
  },
  aboutTestcase: async (id: string, scope?: Scope) =>
    await query<About>("GET", `${folderOf(scope)}/${encodeURIComponent(id)}/about`, { key: scope?.key }),

  select: async (id: string, scope?: Scope): Promise<string> => {
    const path = `${folderOf(scope)}/${encodeURIComponent(id)}/select`;
    const { testid } = await bare<{ testid: string }>("POST", path, { key: scope?.key, limitMs: COMMAND_MS });
    record(testid, { method: "POST", path });
    return testid;
  },

  about: async (testid: string) => await query<About>("GET", `/about/${testid}`),
  status: async (testid: string) => await bare<string>("GET", `/status/${testid}`),
  step: async (testid: string) => await query<number>("GET", `/step/${testid}`),
  scenario: async (testid: string) => await query<Scenario>("GET", `/scenario/${testid}`),
  kpis: async (testid: string) => await query<Kpis>("GET", `/kpi/${testid}`),
  /** The current points; undefined as long as they are those of the ETag. */
  points: async (testid: string, etag?: string): Promise<Answer<Points>> => {
    const { value, etag: found } = await call<Envelope<Points>>("GET", `/points/${testid}`, { etag });
    return { value: value?.payload, etag: found };
  },
  checkpoints: async (testid: string) => await query<Checkpoint[]>("GET", `/checkpoints/${testid}`),
  forecast: async (testid: string, names: readonly string[], horizon: number, interval: number) =>
    await query<Columns>("PUT", `/forecast/${testid}`, { body: { point_names: names, horizon, interval } }),
  /** Samples of points from one time to another, s; thinned to `rows` where given. */
  results: async (testid: string, names: readonly string[], [from, to]: readonly [number, number], rows?: number) =>
    await query<Columns>("PUT", `/results/${testid}`, {
      body: {
        point_names: names,
        start_time: Number.isFinite(from) ? from : "-inf",
        final_time: Number.isFinite(to) ? to : "inf",
        ...(rows === undefined ? {} : { points: rows }),
      },
    }),
  rollout: async (testid: string, body: object) =>
    (await command<Rollout[]>(testid, { method: "POST", path: `/rollout/${testid}`, body })).payload,

  initialize: async (testid: string, start_time: number, warmup_period: number) =>
    (
      await command<Points>(testid, {
        method: "PUT",
        path: `/initialize/${testid}`,
        body: { start_time, warmup_period },
      })
    ).payload,
  setStep: async (testid: string, step: number) =>
    (await command<{ step: number }>(testid, { method: "PUT", path: `/step/${testid}`, body: { step } })).payload,
  setScenario: async (testid: string, body: object) =>
    await command<{ time_period: Points | null }>(testid, { method: "PUT", path: `/scenario/${testid}`, body }),
  /** Without a step: the next one takes them. */
  setInputs: async (testid: string, inputs: Inputs) =>
    await command<Inputs>(testid, { method: "PUT", path: `/inputs/${testid}`, body: inputs }),
  advance: async (testid: string, inputs: Inputs) =>
    await command<Points>(testid, { method: "POST", path: `/advance/${testid}`, body: inputs }),
  advanceMany: async (testid: string, steps: readonly Inputs[]) =>
    await command<Points[]>(testid, { method: "POST", path: `/advance/${testid}`, body: steps }),
  makeCheckpoint: async (testid: string, name: string) =>
    (await command<Checkpoint>(testid, { method: "POST", path: `/checkpoints/${testid}`, body: { name } })).payload,
  deleteCheckpoint: async (testid: string, name: string) =>
    await command(testid, { method: "DELETE", path: `/checkpoints/${testid}/${encodeURIComponent(name)}` }),
  restore: async (testid: string, checkpoint: string) =>
    (await command<Points>(testid, { method: "PUT", path: `/restore/${testid}`, body: { checkpoint } })).payload,
  fork: async (testid: string, checkpoint: string | null, key?: string) =>
    (
      await command<{ testids: string[] }>(
        testid,
        { method: "POST", path: `/fork/${testid}`, body: { count: 1, checkpoint } },
        key,
      )
    ).payload.testids,
  run: async (testid: string) => await query<Run | null>("GET", `/tests/${testid}/run`),
  startRun: async (testid: string, speed: number | "max") =>
    (await command<Run>(testid, { method: "POST", path: `/tests/${testid}/run`, body: { speed } })).payload,
  pauseRun: async (testid: string) =>
    (await command<Run | null>(testid, { method: "DELETE", path: `/tests/${testid}/run` })).payload,
  stop: async (testid: string) => {
    await bare<string>("PUT", `/stop/${testid}`);
    record(testid, { method: "PUT", path: `/stop/${testid}` });
  },

  /** The form with which a test case can be uploaded. */
  postForm: async (id: string, scope: Scope | undefined, key: string) =>
    await bare<{ url: string; fields: Record<string, string> }>(
      "GET",
      `${folderOf(scope)}/${encodeURIComponent(id)}/post-form`,
      { key },
    ),
};

function folderOf(scope: Scope | undefined): string {
  return scope === undefined ? "/testcases" : `/users/${encodeURIComponent(scope.user)}/testcases`;
}

async function bare<T>(method: string, path: string, options?: CallOptions): Promise<T> {
  return (await call<T>(method, path, options)).value as T;
}

async function query<T>(method: string, path: string, options?: CallOptions): Promise<T> {
  return (await bare<Envelope<T>>(method, path, options)).payload;
}

async function command<T>(testid: string, sent: Command, key?: string): Promise<Envelope<T>> {
  const { method, path, body } = sent;
  const answer = await bare<Envelope<T>>(method, path, { body, key, limitMs: COMMAND_MS });
  record(testid, sent);
  return answer;
}
