import { INPUTS, STEP_SECONDS } from "../advance.ts";
import { type Context, selectTests } from "../context.ts";
import { ratios, rounds } from "../stats.ts";
import { atLeast, type Section } from "../table.ts";

const STEPS = 24;
const CANDIDATES = 64;
const plan = (steps: number) => Array.from({ length: steps }, (_, k) => ({ ...INPUTS, oveAct_u: 20 * k }));

/** One way of taking steps, or of making tests. */
interface Way {
  readonly what: string;
  readonly path: (testid: string) => string;
  readonly body: unknown;
  /** Steps that a call simulates, or tests that it makes. */
  readonly each: number;
  readonly calls: number;
}

/** The cost of rollouts compared with advances, of many steps compared with single ones, and of forks. */
export async function whatIf(context: Context): Promise<Section> {
  const { quick, load, say } = context;
  const count = quick ? 2 : 5;
  const cloud = await context.cloud();
  const candidates = Array.from({ length: CANDIDATES }, () => plan(STEPS));
  const scale = quick ? 1 : 3;
  const ways: Way[] = [
    { what: "advance", path: (id) => `/advance/${id}`, body: INPUTS, each: 1, calls: 100 * scale },
    {
      what: `advance, ${STEPS} steps a call`,
      path: (id) => `/advance/${id}`,
      body: plan(STEPS),
      each: STEPS,
      calls: 20 * scale,
    },
    {
      what: "rollout of 1 step",
      path: (id) => `/rollout/${id}`,
      body: { inputs: plan(1) },
      each: 1,
      calls: 100 * scale,
    },
    {
      what: `rollout of ${STEPS} steps`,
      path: (id) => `/rollout/${id}`,
      body: { inputs: plan(STEPS) },
      each: STEPS,
      calls: 100 * scale,
    },
    {
      what: `rollout of ${CANDIDATES} × ${STEPS} steps`,
      path: (id) => `/rollout/${id}`,
      body: { candidates, points: [] },
      each: CANDIDATES * STEPS,
      calls: 5 * scale,
    },
    { what: "fork of 1", path: (id) => `/fork/${id}`, body: { count: 1 }, each: 1, calls: 50 * scale },
    { what: "fork of 10", path: (id) => `/fork/${id}`, body: { count: 10 }, each: 10, calls: 20 * scale },
  ];
  const found = new Map(ways.map((way) => [way, { calls: [] as number[], things: [] as number[] }]));
  for (let round = 0; round <= count; round++) {
    say(`round ${round} of ${count}`);
    for (const way of ways) {
      // A new test, so that no way pays for another's results.
      const [testid = ""] = await selectTests(cloud.url, 1);
      const urls = [`${cloud.url}${way.path(testid)}`];
      const done = await load.run({ urls, method: "POST", body: way.body, until: { calls: way.calls } });
      // The first round warms up.
      if (round === 0) continue;
      const perSecond = (1000 * way.calls) / done.tookMs;
      found.get(way)?.calls.push(perSecond);
      found.get(way)?.things.push(perSecond * way.each);
    }
  }
  const of = (what: string) => [...found].find(([way]) => way.what === what)?.[1].things ?? [];
  const rows = ways.map((way) => {
    const { calls = [], things = [] } = found.get(way) ?? {};
    const isFork = way.what.startsWith("fork");
    const gain = isFork || way.what === "advance" ? "" : ratios(things, of("advance"));
    return [way.what, rounds(calls), isFork ? "" : rounds(things), isFork ? rounds(things) : "", gain];
  });
  const tried = of(`rollout of ${CANDIDATES} × ${STEPS} steps`);
  return {
    title: "Rollouts, lists, forks",
    tables: [
      {
        title: `testcase1, step ${STEP_SECONDS} s, one client, one call after the other`,
        rounds: count,
        head: ["what", "calls/s", "steps/s", "tests/s", "steps/s / those of single advances"],
        rows,
      },
    ],
    notes: [
      "A rollout tells the values after each step and the KPIs; the one of many candidates was asked for KPIs alone.",
      `A list of ${STEPS} steps of an hour is carried out at once, like a single one, a segment that is due included.`,
    ],
    targets: [
      atLeast("steps per second in rollouts of many / in single advances", ratios(tried, of("advance")), 10),
      atLeast(
        `steps per second in lists of ${STEPS} / in single advances`,
        ratios(of(`advance, ${STEPS} steps a call`), of("advance")),
        12,
      ),
    ],
  };
}
