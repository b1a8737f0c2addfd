import { type Call, type ClientOptions, Transport } from "./transport.ts";
import type {
  About,
  Checkpoint,
  Columns,
  Inputs,
  Kpis,
  PointInfo,
  Points,
  Rollout,
  Run,
  Scenario,
  ScenarioChange,
  ScenarioSet,
} from "./types.ts";

type PointInfos = Readonly<Record<string, PointInfo>>;

/** Options of a rollout: the length of each step in s; the points to answer; whether to answer all samples. */
export interface RolloutOptions {
  readonly step?: number;
  readonly points?: readonly string[];
  readonly samples?: boolean;
}

/** A running test. Times are seconds from the start of the emulated year. */
export class Test {
  readonly id: string;
  /** A sentence for users of the test case; only for some uploaded ones. */
  readonly remark: string | undefined;
  readonly #transport: Transport;

  constructor(transport: Transport, id: string, remark?: string) {
    this.#transport = transport;
    this.id = id;
    this.remark = remark;
  }

  /** Selects a test case, and waits until its test runs. */
  static async select(url: string, testcase: string, options: ClientOptions = {}): Promise<Test> {
    const transport = new Transport(url, options);
    const path = `/testcases/${testcase.split("/").map(encodeURIComponent).join("/")}/select`;
    const { testid, remark } = await transport.json<{ testid: string; remark?: string }>({
      method: "POST",
      path,
      changes: true,
    });
    return new Test(transport, testid, remark);
  }

  /** `Queued` or `Running`. */
  status = () => this.#transport.json<"Queued" | "Running">({ method: "GET", path: `/status/${this.id}` });
  /** The name of the test case. */
  name = async () => (await this.#ask<{ name: string }>("GET", "name")).name;
  /** The description of the test case, in one call. */
  about = () => this.#ask<About>("GET", "about");
  /** The inputs that a controller can overwrite. */
  inputs = () => this.#ask<PointInfos>("GET", "inputs");
  /** The measurements that a controller can read. */
  measurements = () => this.#ask<PointInfos>("GET", "measurements");
  /** The current value of every point. */
  points = () => this.#ask<Points>("GET", "points");
  /** The length of a step, s. */
  step = () => this.#ask<number>("GET", "step");
  /** Sets the length of a step, s. */
  setStep = (seconds: number) => this.#change<{ step: number }>("PUT", "step", { step: seconds });

  /** Begins again at another time, after a warm-up. @param finalTime the end of the test; by default there is none */
  initialize = (startTime: number, warmupPeriod: number, finalTime?: number) =>
    this.#change<Points>("PUT", "initialize", {
      start_time: startTime,
      warmup_period: warmupPeriod,
      ...(finalTime === undefined ? {} : { final_time: finalTime }),
    });

  /** Sets inputs without a step: the next step uses them. @returns the values of all inputs */
  setInputs = (inputs: Inputs) => this.#change<Readonly<Record<string, number>>>("PUT", "inputs", inputs);

  /**
   * Lets the test advance by itself from now on, with its current inputs.
   * @param options.speed simulated seconds per second of real time, 1 by default; or `max`, as fast as workers can
   * @param options.until no step goes past this time, s
   */
  run = (options: { readonly speed?: number | "max"; readonly until?: number } = {}) =>
    this.#transport.payload<Run>({ method: "POST", path: `/tests/${this.id}/run`, body: options, changes: true });
  /** The state of the current or the last run; null if there was none. */
  runStatus = () => this.#transport.payload<Run | null>({ method: "GET", path: `/tests/${this.id}/run` });
  /** Pauses the run after the current step. */
  pause = () => this.#transport.payload<Run | null>({ method: "DELETE", path: `/tests/${this.id}/run`, changes: true });

  /** Simulates one step. Undefined if the test was at its end before. */
  async advance(inputs: Inputs = {}): Promise<Points | undefined> {
    const points = await this.#change<Points | Record<string, never>>("POST", "advance", inputs);
    return "time" in points ? (points as Points) : undefined;
  }

  /** Simulates a step for each of the inputs: all of them, or none. The answer is shorter if the test has ended. */
  advanceMany = (inputs: readonly Inputs[]) => this.#change<Points[]>("POST", "advance", inputs);

  /** Tries sequences of inputs from the test's current state, and returns the result of each. The test does not change. */
  rollout = (candidates: readonly (readonly Inputs[])[], options: RolloutOptions = {}) =>
    this.#ask<Rollout[]>("POST", "rollout", { candidates, ...options });

  /** The test's checkpoints, oldest first. */
  checkpoints = () => this.#ask<Checkpoint[]>("GET", "checkpoints");
  /** Saves the test's state under a name. */
  checkpoint = (name: string) => this.#change<Checkpoint>("POST", "checkpoints", { name });
  deleteCheckpoint = (name: string) =>
    this.#payload<Checkpoint>({
      method: "DELETE",
      path: `/checkpoints/${this.id}/${encodeURIComponent(name)}`,
      changes: true,
    });
  /** Goes back to a checkpoint. */
  restore = (checkpoint: string) => this.#change<Points>("PUT", "restore", { checkpoint });

  /** Makes tests that begin at the state of this one, or of its checkpoint. */
  async fork(count = 1, checkpoint?: string): Promise<Test[]> {
    const body = { count, ...(checkpoint === undefined ? {} : { checkpoint }) };
    const { testids } = await this.#change<{ testids: string[] }>("POST", "fork", body);
    return testids.map((id) => new Test(this.#transport, id, this.remark));
  }

  /** All samples of points with `from ≤ time ≤ to`, s. */
  results = (
    points: readonly string[],
    from: number | "-inf" = "-inf",
    to: number | "inf" = "inf",
    { rows }: { readonly rows?: number } = {},
  ) =>
    this.#ask<Columns>("PUT", "results", {
      point_names: points,
      start_time: from,
      final_time: to,
      ...(rows === undefined ? {} : { points: rows }),
    });
  kpis = () => this.#ask<Kpis>("GET", "kpi");
  scenario = () => this.#ask<Scenario>("GET", "scenario");
  /** Changes the scenario. A time period begins the test anew, and ends it after two weeks. */
  setScenario = (change: ScenarioChange) => this.#change<ScenarioSet>("PUT", "scenario", change);
  /** The points that can be forecast. */
  forecastPoints = () =>
    this.#ask<Readonly<Record<string, { Unit: string; Description: string }>>>("GET", "forecast_points");
  /** Boundary conditions from now on, every `interval` s up to and including `horizon` s. */
  forecast = (points: readonly string[], horizon: number, interval: number) =>
    this.#ask<Columns>("PUT", "forecast", { point_names: points, horizon, interval });

  /** Reports a finished test to the results dashboard. @param apiKey the client's key for the dashboard */
  submit = (apiKey: string, tags: readonly string[] = []) =>
    this.#payload<{ identifier: string }>({
      method: "POST",
      path: `/submit/${this.id}`,
      body: { api_key: apiKey, ...Object.fromEntries(tags.map((tag, i) => [`tag${i + 1}`, tag])) },
      changes: true,
      once: true,
    });

  /** Removes the test. */
  async stop(): Promise<void> {
    await this.#transport.text({ method: "PUT", path: `/stop/${this.id}`, changes: true });
  }

  #ask = <T>(method: string, route: string, body?: unknown) =>
    this.#payload<T>({ method, path: `/${route}/${this.id}`, body });

  #change = <T>(method: string, route: string, body: unknown) =>
    this.#payload<T>({ method, path: `/${route}/${this.id}`, body, changes: true });

  #payload<T>(call: Call): Promise<T> {
    return this.#transport.payload<T>(call);
  }
}
