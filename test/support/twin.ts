import { expect } from "vitest";
import type { Client } from "./client.ts";
import { expectAsUndisturbed, expectSamples } from "./disturbed-test.ts";
import { Oracle } from "./oracle.ts";

type Body = Record<string, unknown>;

/** A test of the service and what it must be like: every command goes to both, and both must answer the same. */
export class Twin {
  readonly testid: string;
  readonly #client: Client;
  readonly #checkpoints: Map<string, Oracle>;
  #oracle: Oracle;

  private constructor(client: Client, testid: string, oracle: Oracle) {
    this.#client = client;
    this.testid = testid;
    this.#oracle = oracle;
    this.#checkpoints = new Map();
  }

  static async select(client: Client, testcase = "testcase1"): Promise<Twin> {
    return new Twin(client, await client.selectTest(testcase), await Oracle.select(testcase));
  }

  get checkpoints(): string[] {
    return [...this.#checkpoints.keys()];
  }

  async advance(body: Body = {}): Promise<void> {
    await this.#expect("POST", "advance", body, (await this.#oracle.carryOut("advance", body)).payload);
  }

  async advanceMany(list: readonly Body[]): Promise<void> {
    const expected: unknown[] = [];
    for (const body of list) expected.push((await this.#oracle.carryOut("advance", body)).payload);
    await this.#expect("POST", "advance", list, expected);
  }

  /** A rollout answers what taking the steps would, and changes nothing. */
  async rollOut(inputs: readonly Body[]): Promise<void> {
    const there = this.#oracle.copy();
    const expected: unknown[] = [];
    for (const body of inputs) expected.push((await there.carryOut("advance", body)).payload);
    const answer = await this.#call<{ values: unknown; kpis: { total: unknown } }>("POST", "rollout", { inputs });
    expect(answer.payload.values).toEqual(expected);
    expect(answer.payload.kpis.total).toEqual(there.kpis());
  }

  async setStep(step: number): Promise<void> {
    await this.#expect("PUT", "step", { step }, (await this.#oracle.carryOut("set_step", { step })).payload);
  }

  async setScenario(body: Body): Promise<void> {
    await this.#expect("PUT", "scenario", body, (await this.#oracle.carryOut("set_scenario", body)).payload);
  }

  async initialize(startTime: number, warmupPeriod: number): Promise<void> {
    const body = { start_time: startTime, warmup_period: warmupPeriod };
    await this.#expect("PUT", "initialize", body, (await this.#oracle.carryOut("initialize", body)).payload);
  }

  async checkpoint(name: string): Promise<void> {
    const answer = await this.#call("POST", "checkpoints", { name });
    expect(answer.status).toBe(this.#checkpoints.has(name) ? 409 : 200);
    if (answer.status === 200) this.#checkpoints.set(name, this.#oracle.copy());
  }

  async restore(name: string): Promise<void> {
    const there = this.#checkpoints.get(name)?.copy();
    const answer = await this.#call("PUT", "restore", { checkpoint: name });
    expect([answer.status, answer.payload]).toEqual(there === undefined ? [404, null] : [200, there.points]);
    if (there !== undefined) this.#oracle = there;
  }

  async deleteCheckpoint(name: string): Promise<void> {
    const { status } = await this.#client.call("DELETE", `/checkpoints/${this.testid}/${name}`);
    expect(status).toBe(this.#checkpoints.delete(name) ? 200 : 404);
  }

  async fork(count = 1, checkpoint?: string): Promise<Twin[]> {
    const from = checkpoint === undefined ? this.#oracle : this.#checkpoints.get(checkpoint);
    if (from === undefined) throw new Error(`no checkpoint ${checkpoint}`);
    const answer = await this.#call<{ testids: string[] }>("POST", "fork", { count, checkpoint });
    expect(answer.status).toBe(200);
    return answer.payload.testids.map((testid) => new Twin(this.#client, testid, from.copy()));
  }

  async stop(): Promise<void> {
    expect((await this.#call("PUT", "stop", {})).text).toBe("OK");
  }

  /** Points, KPIs and every sample of the results are the same, bit for bit. */
  async expectSame(): Promise<void> {
    await expectAsUndisturbed(this.#client, this.testid, this.#oracle);
  }

  /** All objects of its history are there: one point of each sample is read, and the same bit for bit. */
  async expectHistory(point: string): Promise<void> {
    await expectSamples(this.#client, this.testid, this.#oracle, [point]);
  }

  #call<Payload>(method: string, path: string, body: unknown) {
    return this.#client.call<Payload>(method, `/${path}/${this.testid}`, { body });
  }

  async #expect(method: string, path: string, body: unknown, payload: unknown): Promise<void> {
    const answer = await this.#call(method, path, body);
    expect([answer.status, answer.payload], answer.message).toEqual([200, payload]);
  }
}
