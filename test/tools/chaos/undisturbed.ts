import type { TestCase } from "../../../functions/simulation/testcase.ts";
import { type Effect, Oracle } from "../../support/oracle.ts";
import type { Body, Command } from "./commands.ts";

/** A test with its checkpoints, as its commands leave it when one process carries them out one after the other. */
export class Undisturbed {
  #oracle: Oracle;
  readonly #checkpoints = new Map<string, Oracle>();

  private constructor(oracle: Oracle) {
    this.#oracle = oracle;
  }

  /** @param of a built-in test case by its id, or one that was uploaded */
  static async select(of: string | TestCase): Promise<Undisturbed> {
    return new Undisturbed(await Oracle.select(of));
  }

  /** Where it stands. */
  get oracle(): Oracle {
    return this.#oracle;
  }

  /** Another that begins where this one or its checkpoint stands, with no checkpoints; undefined if there is none of that name. */
  fork(checkpoint?: string): Undisturbed | undefined {
    const from = checkpoint === undefined ? this.#oracle : this.#checkpoints.get(checkpoint);
    return from && new Undisturbed(from.copy());
  }

  async carryOut({ method, body }: Command): Promise<Effect> {
    switch (method) {
      case "advance_many":
        return await this.#advanceMany(body);
      case "checkpoint":
        return this.#checkpoint(String(body.name));
      case "restore": {
        const there = this.#checkpoints.get(String(body.checkpoint))?.copy();
        if (there === undefined) return { status: 404, payload: null };
        this.#oracle = there;
        return { status: 200, payload: there.points };
      }
      default:
        return await this.#oracle.carryOut(method, body);
    }
  }

  /** What a rollout of these inputs tells: the values after each step, and the KPIs had they been taken for good. */
  async rollOut(inputs: readonly Body[], step: number): Promise<{ readonly values: unknown; readonly total: unknown }> {
    const there = this.#oracle.copy();
    there.step = step;
    const effect = await takeAll(there, inputs);
    return { values: effect.payload, total: there.kpis() };
  }

  async #advanceMany(inputs: readonly Body[]): Promise<Effect> {
    const there = this.#oracle.copy();
    const effect = await takeAll(there, inputs);
    if (effect.status === 200) this.#oracle = there;
    return effect;
  }

  #checkpoint(name: string): Effect {
    if (this.#checkpoints.has(name)) return { status: 409, payload: null };
    this.#checkpoints.set(name, this.#oracle.copy());
    return { status: 200, payload: { name, time: this.#oracle.points.time } };
  }
}

/** Every step, or as many as there are before the scenario's end; 400 if one of them is refused. */
async function takeAll(oracle: Oracle, inputs: readonly Body[]): Promise<Effect> {
  const values: unknown[] = [];
  for (const body of inputs) {
    const { status, payload } = await oracle.carryOut("advance", body);
    if (status !== 200) return { status, payload: null };
    if (Object.keys(payload as object).length > 0) values.push(payload);
  }
  return { status: 200, payload: values };
}
