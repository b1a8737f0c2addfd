import commitScript from "../../../../functions/streams/commit.lua";
import type { Cloud } from "../../../../infra/local/cloud/cloud.ts";
import { INPUTS, QUEUED, STEP_SECONDS } from "../advance.ts";
import { type Context, call, selectTests } from "../context.ts";
import { median, rounds } from "../stats.ts";
import { atMost, type Cell, type Section, type Target } from "../table.ts";

const DAY_SECONDS = 86_400;

/** One advance by the queue, observed at the Redis REST server; times in ms. */
interface Waited {
  /** From the enqueue until the answer was committed. */
  readonly working: number;
  /** From the commit until the client had the answer. */
  readonly excess: number;
  readonly polls: number;
  /** From the look before the successful one, or from the enqueue, to the successful one. */
  readonly interval: number;
}

/** The cost of waiting for a worker's answer: how often the API looks, and how late the client gets the answer. */
export async function wait(context: Context): Promise<Section> {
  const { quick, say } = context;
  const count = quick ? 2 : 7;
  const steps = [
    { what: "an hour", seconds: STEP_SECONDS, calls: quick ? 10 : 20 },
    { what: "30 days", seconds: 30 * DAY_SECONDS, calls: quick ? 3 : 5 },
    { what: "180 days", seconds: 180 * DAY_SECONDS, calls: quick ? 1 : 3 },
  ];
  const cloud = await context.cloud();
  const rows: Cell[][] = [];
  const targets: Target[] = [];
  for (const { what, seconds, calls } of steps) {
    say(`steps of ${what}`);
    const [testid = ""] = await selectTests(cloud.url, 1, seconds);
    const found: Waited[][] = [];
    for (let round = 0; round <= count; round++) {
      const waited: Waited[] = [];
      for (let i = 0; i < calls; i++) waited.push(await watch(cloud, testid));
      // The first round warms up.
      if (round > 0) found.push(waited);
    }
    const over = (of: (each: Waited) => number) => rounds(found.map((waited) => median(waited.map(of))));
    const ratio = over(({ excess, interval }) => excess / interval);
    rows.push([
      what,
      over(({ working }) => working),
      over(({ polls }) => polls),
      over(({ interval }) => interval),
      over(({ excess }) => excess),
      ratio,
    ]);
    targets.push(
      atMost(`step of ${what} by the queue: wait over when the answer is there / polling interval`, ratio, 1),
    );
  }
  return {
    title: "Waiting for a worker",
    tables: [
      {
        title: "testcase1, one client, advances by the queue; ms",
        rounds: count,
        head: [
          "step",
          "until its answer is there",
          "polls",
          "polling interval at that time",
          "until its client has it",
          "that / interval",
        ],
        rows,
      },
    ],
    notes: [
      "The answer is there when its commit has taken effect at the Redis REST server. The API looks for it at growing intervals; what its client waits beyond includes the look that finds the answer and the way back through API and HTTP server.",
    ],
    targets,
  };
}

/** Makes one advance, and observes its commands at the Redis REST server. */
async function watch({ url, redisRest }: Cloud, testid: string): Promise<Waited> {
  let [enqueuedAt, answeredAt]: (number | undefined)[] = [];
  const looksAt: number[] = [];
  redisRest.intercept = async ({ commands, scripts, forward }) => {
    const [name = "", , from, to] = commands[0] ?? [];
    const isLook = name.toUpperCase() === "XRANGE" && from === to;
    if (isLook) looksAt.push(performance.now());
    const reply = await forward();
    if (scripts[0] !== undefined) enqueuedAt ??= performance.now();
    if (scripts[0] === commitScript) answeredAt = performance.now();
    return reply;
  };
  try {
    await call(url, "POST", `/advance/${testid}`, INPUTS, QUEUED);
  } finally {
    redisRest.intercept = undefined;
  }
  const endedAt = performance.now();
  const found = looksAt.at(-1);
  const before = looksAt.at(-2) ?? enqueuedAt;
  if (enqueuedAt === undefined || answeredAt === undefined || before === undefined || found === undefined) {
    throw new Error("An advance by the queue was not enqueued, committed or looked for");
  }
  return {
    working: answeredAt - enqueuedAt,
    excess: endedAt - answeredAt,
    polls: looksAt.length,
    interval: found - before,
  };
}
