import { startBaseline } from "../baseline/start.ts";
import { type Context, call } from "../context.ts";
import { overRounds, ratiosOfP50, type Summary, summarize } from "../stats.ts";
import type { Section } from "../table.ts";

/** Selects in each round, and waiting workers of the pattern that the service replaces. */
const TESTS = 20;

/** The time from select until the test can be used. */
export async function select(context: Context): Promise<Section> {
  const { quick, load, say } = context;
  const count = quick ? 2 : 9;
  say(`a cloud, and ${TESTS} worker processes`);
  const cloud = await context.cloud();
  const baseline = await startBaseline(TESTS);
  context.defer(() => baseline.stop());
  const systems = [
    { name: "ours", url: cloud.url },
    { name: "worker per test, where a worker waits", url: baseline.url },
  ];
  const found = systems.map((system) => ({ ...system, rounds: [] as Summary[] }));
  for (let round = 0; round <= count; round++) {
    say(`round ${round} of ${count}`);
    for (const { url, rounds } of found) {
      const urls = [`${url}/testcases/testcase1/select`];
      const order = { urls, method: "POST", body: {}, until: { calls: TESTS }, keepsAnswers: true } as const;
      const { times, answers } = await load.run(order);
      for (const answer of answers) {
        const { testid } = JSON.parse(answer) as { testid: string };
        // So that its worker waits for the next test.
        await call(url, "PUT", `/stop/${testid}`);
      }
      // The first round warms up.
      if (round > 0) rounds.push(summarize(times));
    }
  }
  const [ours = [], workers = []] = found.map(({ rounds }) => rounds);
  return {
    title: "Selecting a test",
    tables: [
      {
        title: `Select, until the test can be used; testcase1, ${TESTS} one after the other, in turns; ms`,
        rounds: count,
        head: ["system", "p50", "p95", "p50 / that of a worker that waits"],
        rows: found.map(({ name, rounds }, i) => {
          const { p50, p95 } = overRounds(rounds);
          return [name, p50, p95, i === 0 ? ratiosOfP50(ours, workers) : ""];
        }),
      },
    ],
    notes: [
      "Where no worker waits, a test of that pattern waits until another one is stopped, or a machine is started.",
    ],
    targets: [],
  };
}
