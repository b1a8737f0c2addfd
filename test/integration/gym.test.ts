import { describe, expect, it } from "vitest";
import { readConfig } from "../../functions/platform/config.ts";
import { useCloud } from "../support/cloud.ts";

/** Limits as a deployment has them, from the configuration's defaults: the local cloud switches them off. */
const { limits } = readConfig({
  UPSTASH_REDIS_REST_URL: "https://redis.example",
  UPSTASH_REDIS_REST_TOKEN: "token",
  BUCKET: "bucket",
  DOORBELL_QUEUE_URL: "https://queue.example",
});
/** A fifth of the requests, so that the client is faster than the limit however busy this machine is. */
const SCALE = 5;
const perSecond = limits.testRequestsPerSecond / SCALE;
const burst = limits.testRequestBurst / SCALE;
const cloud = useCloud({
  workers: 2,
  environment: {
    TEST_REQUESTS_PER_SECOND: String(perSecond),
    TEST_REQUEST_BURST: String(burst),
    WAITS_PER_MINUTE: String(limits.waitsPerMinute),
    TESTS_PER_ADDRESS: String(limits.testsPerAddress),
  },
});

const STEP = 900;
/** Processes of the api here: each has an allowance of its own. */
const PROCESSES = 2;
/** Enough to be past what may come at once in every process, and to be held back for some seconds. */
const REQUESTS = PROCESSES * burst + 60;

/**
 * The requests of a reinforcement learning environment that reads payloads without looking at the status, as boptest-gym
 * does: it sends one request after the other, as fast as it is answered.
 */
class Environment {
  requests = 0;
  held = 0;
  #testid = "";

  async open(): Promise<void> {
    const selected = await this.#send("POST", "/testcases/testcase1/select");
    this.#testid = (selected as { testid: string }).testid;
    for (const path of ["name", "measurements", "forecast_points", "inputs", "step", "scenario"]) await this.#get(path);
  }

  async reset(): Promise<void> {
    await this.#put("initialize", { start_time: 0, warmup_period: 0 });
    await this.#put("step", { step: STEP });
    await this.#put("scenario", { electricity_price: "dynamic" });
    await this.#observe(0);
  }

  /** @returns the test's time, as the last answer has it */
  async step(action: number): Promise<number> {
    const body = { oveAct_u: action, oveAct_activate: 1 };
    const { time } = (await this.#payload("POST", "advance", body)) as { time: number };
    const kpis = (await this.#get("kpi")) as Record<string, number>;
    expect(kpis.cost_tot).toBeGreaterThanOrEqual(0);
    await this.#observe(time);
    return time;
  }

  async #observe(time: number): Promise<void> {
    await this.#put("results", {
      point_names: ["TRooAir_y"],
      start_time: Math.max(0, time - 4 * STEP),
      final_time: time,
    });
    await this.#put("forecast", { point_names: ["TDryBul"], horizon: 4 * STEP, interval: STEP });
  }

  async #get(path: string): Promise<unknown> {
    return await this.#payload("GET", path);
  }

  async #put(path: string, body: unknown): Promise<unknown> {
    return await this.#payload("PUT", path, body);
  }

  async #payload(method: string, path: string, body?: unknown): Promise<unknown> {
    const { payload } = (await this.#send(method, `/${path}/${this.#testid}`, body)) as { payload: unknown };
    expect(payload, `${method} ${path}`).not.toBeNull();
    return payload;
  }

  async #send(method: string, path: string, body?: unknown): Promise<unknown> {
    const sent =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(cloud().url + path, { method, ...sent });
    const text = await response.text();
    expect(response.status, `${method} ${path}: ${text.slice(0, 200)}`).toBe(200);
    this.requests += 1;
    if (/;r=0;/.test(response.headers.get("ratelimit") ?? "")) this.held += 1;
    return JSON.parse(text);
  }
}

describe("a reinforcement learning environment at the deployment's limits", () => {
  it("trains on one test as fast as it is answered, and is never refused", { timeout: 120_000 }, async () => {
    const environment = new Environment();
    await environment.open();
    await environment.reset();
    let steps = 0;
    for (; environment.requests < REQUESTS; steps++) {
      expect(await environment.step(steps % 2 === 0 ? 500 : 0)).toBe((steps + 1) * STEP);
    }
    // It was faster than the limit, or this has shown nothing.
    expect(environment.held).toBeGreaterThan(20);
  });
});
