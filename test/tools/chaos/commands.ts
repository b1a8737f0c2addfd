import { FORGETFUL } from "./forgetful.ts";
import type { Random } from "./random.ts";

export type Body = Readonly<Record<string, unknown>>;

/** A command, by its name in the stream. */
export type Command =
  | {
      readonly method:
        | "initialize"
        | "advance"
        | "set_step"
        | "set_inputs"
        | "set_scenario"
        | "checkpoint"
        | "restore"
        | "run"
        | "pause";
      readonly body: Body;
    }
  | { readonly method: "advance_many"; readonly body: readonly Body[] };

/** The route of each command, with `*` for the test's id. */
export const ENDPOINTS: Readonly<
  Record<Command["method"], { readonly method: "PUT" | "POST" | "DELETE"; readonly path: string }>
> = {
  initialize: { method: "PUT", path: "/initialize/*" },
  advance: { method: "POST", path: "/advance/*" },
  advance_many: { method: "POST", path: "/advance/*" },
  set_step: { method: "PUT", path: "/step/*" },
  set_inputs: { method: "PUT", path: "/inputs/*" },
  set_scenario: { method: "PUT", path: "/scenario/*" },
  checkpoint: { method: "POST", path: "/checkpoints/*" },
  restore: { method: "PUT", path: "/restore/*" },
  run: { method: "POST", path: "/tests/*/run" },
  pause: { method: "DELETE", path: "/tests/*/run" },
};

/** How a client sends a command. */
export interface Manner {
  /** With an Idempotency-Key the client repeats it until it is answered; without one it sends it once. */
  readonly key: string | undefined;
  /** `Prefer`, if any. */
  readonly prefer: string | undefined;
}

/** Commands that a client sends without waiting in between. */
export type Burst = readonly (readonly [Command, Manner])[];

const DAY_SECONDS = 86_400;
/**
 * The longest step. A day is one slice, of 15 ms to 50 ms, and an invocation begins no other after 60 ms. So a step of days is suspended
 * once or twice, and a list of four of them eleven times at most, however slow the machine is. Each time the request waits for its
 * turn behind those of all clients: suspended forty times, it would test the machine's speed and not the service.
 */
const LONGEST_SECONDS = 3 * DAY_SECONDS;
const INPUTS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  testcase1: ["oveAct"],
  testcase3: ["oveActSou", "oveActNor"],
  [FORGETFUL]: ["oveTSetSou", "oveTSetNor"],
};
/** The range of inputs. */
const POWERS = [-3000, 3000] as const;
const SET_POINTS = [285, 300] as const;

/** An endless sequence of a client's commands for one test. */
export function* burstsOf(random: Random, testcaseid: string): Generator<Burst> {
  const checkpoints: string[] = [];
  for (let sent = 0; ; ) {
    // Now and then a client only takes steps, as a controller does: these are what api processes answer from memory.
    for (let steps = random.chance(0.2) ? random.whole(10, 25) : 0; steps > 0; steps--) {
      sent++;
      const key = random.chance(0.6) ? random.uuid() : undefined;
      const body = inputsOf(random, testcaseid, sent / 1024);
      yield [
        [
          { method: "advance", body },
          { key, prefer: undefined },
        ],
      ];
    }
    const size = random.chance(0.15) ? random.whole(2, 5) : 1;
    yield Array.from({ length: size }, () => {
      sent++;
      const key = random.chance(0.6) ? random.uuid() : undefined;
      const command = draw(random, testcaseid, sent, key !== undefined, checkpoints);
      if (command.method === "checkpoint") checkpoints.push(String(command.body.name));
      const prefer = random.pick([undefined, undefined, undefined, undefined, undefined, "respond-async", "wait=1"]);
      return [command, { key, prefer }] as const;
    });
  }
}

/** The inputs of a step: values within and beyond their limits. `part` is added to them. */
export function inputsOf(random: Random, testcaseid: string, part = 0): Body {
  const input = random.pick(INPUTS[testcaseid] ?? ["oveAct"]);
  const [lowest, highest] = testcaseid === FORGETFUL ? SET_POINTS : POWERS;
  return { [`${input}_u`]: random.whole(lowest, highest) + part, [`${input}_activate`]: 1 };
}

/**
 * Command number `n` of a life. A command whose reply may be lost contains a number that no other has and that its answer shows,
 * so that the checker can find out whether it took effect.
 */
function draw(
  random: Random,
  testcaseid: string,
  n: number,
  isKeyed: boolean,
  checkpoints: readonly string[],
): Command {
  const unique = n / 1024;
  const kind = random.next();
  if (kind < 0.74) {
    const inputs = inputsOf(random, testcaseid, unique);
    const way = random.next();
    if (isKeyed && way < 0.19) return { method: "advance", body: {} };
    if (isKeyed && way < 0.31) return { method: "advance", body: deactivated(inputs) };
    if (way < 0.35) return { method: "advance", body: { [`nothing_${n}`]: 1 } };
    if (way < 0.42) return { method: "set_inputs", body: inputs };
    return { method: "advance", body: inputs };
  }
  if (kind < 0.78) {
    // Few: steps may be days long, and the work left at the end must not take longer than two sweeps.
    const others = Array.from({ length: random.whole(1, 3) }, () => inputsOf(random, testcaseid));
    const last = random.chance(0.2) ? [{ [`nothing_${n}`]: 1 }] : [];
    return { method: "advance_many", body: [inputsOf(random, testcaseid, unique), ...others, ...last] };
  }
  if (kind < 0.81) return { method: "checkpoint", body: { name: `c${n}` } };
  if (kind < 0.83) {
    // Two restores of one checkpoint have equal answers: without a key, a lost one could not be identified.
    const [first, ...others] = checkpoints;
    if (!isKeyed || first === undefined) return { method: "advance", body: inputsOf(random, testcaseid, unique) };
    return { method: "restore", body: { checkpoint: random.pick([first, ...others]) } };
  }
  if (kind < 0.91) {
    const longest = random.pick([3600, 3600, 3600, 3600, 3600, 12 * 3600, DAY_SECONDS, LONGEST_SECONDS]);
    return { method: "set_step", body: { step: random.whole(30, longest) + unique } };
  }
  if (kind < 0.955) {
    const body = {
      start_time: random.whole(0, 40 * DAY_SECONDS) + unique,
      warmup_period: random.pick([0, 3600, DAY_SECONDS, 3 * DAY_SECONDS]),
    };
    return { method: "initialize", body };
  }
  const price = random.pick(["constant", "dynamic", "highly_dynamic"]);
  const period = random.chance(0.3) ? { time_period: "test_day" } : {};
  return { method: "set_scenario", body: { electricity_price: price, seed: n, ...period } };
}

function deactivated(inputs: Body): Body {
  const names = Object.keys(inputs).filter((name) => name.endsWith("_activate"));
  return Object.fromEntries(names.map((name) => [name, 0]));
}
