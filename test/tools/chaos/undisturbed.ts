import type { TestCase } from "../../../functions/simulation/testcase.ts";
import { type Effect, Oracle } from "../../support/oracle.ts";
import type { Body, Command } from "./commands.ts";

/** A test with its checkpoints, if one process carries out its commands one after the other. */
export class Undisturbed {
  #oracle: Oracle;
  readonly #checkpoints = new Map<string, Oracle>();

  private constructor(oracle: Oracle) {
    this.#oracle = oracle;
  }

  /** @param of the id of a built-in test case, or an uploaded one */
  static async select(of: string | TestCase): Promise<Undisturbed> {
    return new Undisturbed(await Oracle.select(of));
  }

  /** The test's current state. */
  get oracle(): Oracle {
    return this.#oracle;
  }

  /** A new test at the state of this one or of its checkpoint, without checkpoints; undefined for an unknown checkpoint. */
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

  /** The result of a rollout with these inputs: the values after each step, and the KPIs as if the steps had been taken. */
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

/** Takes every step up to the scenario's end; 400 if one of them is refused. */
async function takeAll(oracle: Oracle, inputs: readonly Body[]): Promise<Effect> {
  const values: unknown[] = [];
  for (const body of inputs) {
    const { status, payload } = await oracle.carryOut("advance", body);
    if (status !== 200) return { status, payload: null };
    if (Object.keys(payload as object).length > 0) values.push(payload);
  }
  return { status: 200, payload: values };
}
