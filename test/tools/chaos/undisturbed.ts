import { stepsLeft } from "../../../functions/lifecycle/runs/test-run.ts";
import type { TestCase } from "../../../functions/simulation/testcase.ts";
import { type Effect, Oracle } from "../../support/oracle.ts";
import type { Body, Command } from "./commands.ts";

/** A test with its checkpoints, if one process carries out its commands one after the other. */
export class Undisturbed {
  #oracle: Oracle;
  readonly #checkpoints = new Map<string, Oracle>();
  /** The run that goes by itself, if there is one. */
  #run: OwnRun | undefined;
  #runSteps = 0;

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

  /** How many steps runs have taken. */
  get runSteps(): number {
    return this.#runSteps;
  }

  /** A new test at the state of this one or of its checkpoint, without checkpoints; undefined for an unknown checkpoint. */
  fork(checkpoint?: string): Undisturbed | undefined {
    const from = checkpoint === undefined ? this.#oracle : this.#checkpoints.get(checkpoint);
    return from && new Undisturbed(from.copy());
  }

  async carryOut({ method, body }: Command): Promise<Effect> {
    if (this.#run !== undefined && movesClock(method, body)) return { status: 409, payload: null };
    switch (method) {
      case "run":
        return this.#begin(body);
      case "pause":
        this.#run = undefined;
        return { status: 200, payload: null };
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

  /**
   * What a run has asked for by itself: its next steps, each once, or a pause where they could not be taken.
   * @param text the answer
   * @returns what is wrong with it, if anything is
   */
  async carryOutOfRun(text: string): Promise<string | undefined> {
    const { status, message } = JSON.parse(text) as { status: number; message: string };
    if (message.startsWith("The run is paused at")) this.#run = undefined;
    if (status !== 200 || !message.startsWith("The run has taken steps")) return undefined;
    const [first = 0, last = 0, from = 0, to = 0] = (message.match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g) ?? []).map(Number);
    const run = this.#run;
    if (run === undefined) return "is of a run that does not go on";
    if (first !== run.steps + 1) return `takes step ${first} after ${run.steps}`;
    if (from !== this.#oracle.points.time) return `begins at another time than ${this.#oracle.points.time} s`;
    const step = this.#oracle.step;
    for (let taken = first; taken <= last; taken++) await this.#oracle.carryOut("advance", {});
    const { time = 0 } = this.#oracle.points;
    if (to !== time) return `ends at another time than ${time} s`;
    this.#runSteps += last - first + 1;
    const isOver = stepsLeft({ time, step, until: run.until, endTime: this.#oracle.endTime }) === 0;
    this.#run = isOver ? undefined : { ...run, steps: last };
    return undefined;
  }

  #begin({ until }: Body): Effect {
    const { step, endTime, points } = this.#oracle;
    const { time = 0 } = points;
    const own: OwnRun = { steps: 0, until: typeof until === "number" ? until : null };
    if (stepsLeft({ time, step, until: own.until, endTime }) === 0) return { status: 400, payload: null };
    this.#run = own;
    return { status: 200, payload: null };
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

interface OwnRun {
  readonly steps: number;
  readonly until: number | null;
}

/** What is refused while a test runs by itself. */
function movesClock(method: Command["method"], body: Command["body"]): boolean {
  if (method === "set_scenario") return (body as Body).time_period !== undefined;
  return ["advance", "advance_many", "initialize", "restore", "set_step"].includes(method);
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
