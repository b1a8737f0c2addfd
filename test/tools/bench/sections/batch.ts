import { INPUTS } from "../advance.ts";
import { type Context, selectTests } from "../context.ts";
import { overRounds, ratios, rounds, type Summary, summarize } from "../stats.ts";
import { atLeast, type Section } from "../table.ts";

const TESTS = 64;
/** s: a usual step of training. */
const STEP = 900;

/** Steps of many tests: in one call for all, and by as many clients as there are tests. */
export async function batch(context: Context): Promise<Section> {
  const { quick, load, say } = context;
  const [count, ms] = quick ? [2, 1000] : [7, 3000];
  const cloud = await context.cloud();
  // Tests of their own, so that each way finds the results that it has written itself.
  const [together, apart] = [await selectTests(cloud.url, TESTS, STEP), await selectTests(cloud.url, TESTS, STEP)];
  const messages = together.map((testid, i) => ({ requestid: String(i), testid, method: "advance", params: INPUTS }));
  const ways = [
    { what: `one call for ${TESTS}`, urls: [`${cloud.url}/batch`], body: messages, each: TESTS },
    { what: `${TESTS} clients`, urls: apart.map((testid) => `${cloud.url}/advance/${testid}`), body: INPUTS, each: 1 },
  ].map((way) => ({ ...way, perSecond: [] as number[], calls: [] as Summary[] }));
  for (let round = 0; round <= count; round++) {
    say(`round ${round} of ${count}`);
    for (const { urls, body, each, perSecond, calls } of ways) {
      const done = await load.run({ urls, method: "POST", body, until: { ms } });
      // The first round warms up.
      if (round === 0) continue;
      perSecond.push((1000 * each * done.times.length) / done.tookMs);
      calls.push(summarize(done.times));
    }
  }
  const [batches, singles] = ways.map(({ perSecond }) => perSecond);
  const gain = ratios(batches ?? [], singles ?? []);
  return {
    title: "Many tests in one call",
    tables: [
      {
        title: `testcase1, steps of ${STEP / 60} minutes, ${TESTS} tests, each advanced again as soon as it has answered; ${ms / 1000} s a round`,
        rounds: count,
        head: ["way", "steps/s", "p50 of a call, ms", "p99 ms", "steps/s / those of clients"],
        rows: ways.map(({ what, perSecond, calls, each }) => {
          const { p50, p99 } = overRounds(calls);
          return [what, rounds(perSecond), p50, p99, each === 1 ? "" : gain];
        }),
      },
    ],
    notes: ["A call for all tests is computed by one process; the clients share all processes of the machine."],
    targets: [atLeast(`steps/s of a batch of ${TESTS} tests / of ${TESTS} clients`, gain, 4)],
  };
}
