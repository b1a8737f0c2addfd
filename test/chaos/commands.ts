import { type Random, randomOf } from "./random.ts";

/** A command as a client means it. */
export interface Command {
  /** As it is called in the stream. */
  readonly method: "initialize" | "advance" | "set_step" | "set_scenario";
  readonly http: { readonly method: "PUT" | "POST"; readonly path: string };
  readonly body: Readonly<Record<string, unknown>>;
}

/** How a client sends it. */
export interface Manner {
  /** Under an Idempotency-Key, and again until it is answered; else once, whatever becomes of it. */
  readonly isKeyed: boolean;
  /** `Prefer`, if any. */
  readonly prefer: string | undefined;
}

/** Commands that a client sends without waiting for one before it sends the next. */
export type Burst = readonly (readonly [Command, Manner])[];

const DAY_SECONDS = 86_400;
const INPUTS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  testcase1: ["oveAct"],
  testcase3: ["oveActSou", "oveActNor"],
};

/** What client `client` does in its life number `life`, from the seed alone. */
export function* burstsOf(seed: number, client: number, life: number, testcaseid: string): Generator<Burst> {
  const random = randomOf(seed, "commands", client, life);
  const inputs = INPUTS[testcaseid] ?? ["oveAct"];
  for (let sent = 0; ; ) {
    const size = random.chance(0.15) ? random.whole(2, 5) : 1;
    yield Array.from({ length: size }, () => {
      sent++;
      const isKeyed = random.chance(0.6);
      const command = draw(random, inputs, sent, isKeyed);
      const prefer = random.pick([undefined, undefined, "respond-async", "wait=1"]);
      return [command, { isKeyed, prefer }] as const;
    });
  }
}

/**
 * The next command, number `n` of its life. One that may be lost without a trace carries a number that no other has and that
 * its answer shows, so that whether it took effect can be told.
 */
function draw(random: Random, inputs: readonly [string, ...string[]], n: number, isKeyed: boolean): Command {
  const unique = n / 1024;
  const kind = random.next();
  if (kind < 0.8) {
    const input = random.pick(inputs);
    const [u, activate] = [`${input}_u`, `${input}_activate`];
    const path = { http: { method: "POST", path: "advance" }, method: "advance" } as const;
    if (isKeyed && kind < 0.15) return { ...path, body: {} };
    if (isKeyed && kind < 0.25) return { ...path, body: { [activate]: 0 } };
    if (kind < 0.28) return { ...path, body: { [`nothing_${n}`]: 1 } };
    return { ...path, body: { [u]: random.whole(-3000, 3000) + unique, [activate]: 1 } };
  }
  if (kind < 0.9) {
    const longest = random.pick([3600, 3600, 12 * 3600, 2 * DAY_SECONDS, 10 * DAY_SECONDS]);
    const step = random.whole(30, longest) + unique;
    return { method: "set_step", http: { method: "PUT", path: "step" }, body: { step } };
  }
  if (kind < 0.95) {
    const body = {
      start_time: random.whole(0, 40 * DAY_SECONDS) + unique,
      warmup_period: random.pick([0, 3600, DAY_SECONDS, 3 * DAY_SECONDS]),
    };
    return { method: "initialize", http: { method: "PUT", path: "initialize" }, body };
  }
  const price = random.pick(["constant", "dynamic", "highly_dynamic"]);
  const period = random.chance(0.3) ? { time_period: "test_day" } : {};
  const body = { electricity_price: price, seed: n, ...period };
  return { method: "set_scenario", http: { method: "PUT", path: "scenario" }, body };
}
