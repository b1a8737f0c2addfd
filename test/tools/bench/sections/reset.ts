import { QUEUED } from "../advance.ts";
import { type Context, selectTests } from "../context.ts";
import { overRounds, ratiosOfP50, type Summary, summarize } from "../stats.ts";
import type { Section } from "../table.ts";

/** What an episode of training begins with, where the client waits and by a worker. */
export async function reset(context: Context): Promise<Section> {
  const { quick, load, say } = context;
  const [count, calls] = quick ? [2, 10] : [7, 50];
  const cloud = await context.cloud();
  const [testid = ""] = await selectTests(cloud.url, 1);
  const kinds = [
    { what: "a price", path: "scenario", body: { electricity_price: "dynamic" } },
    { what: "initialize without a warm-up", path: "initialize", body: { start_time: 0, warmup_period: 0 } },
    { what: "initialize, a warm-up of a day", path: "initialize", body: { start_time: 86_400, warmup_period: 86_400 } },
  ].map((kind) => ({ ...kind, inline: [] as Summary[], queued: [] as Summary[] }));
  for (let round = 0; round <= count; round++) {
    say(`round ${round} of ${count}`);
    for (const { path, body, inline, queued } of kinds) {
      const order = { urls: [`${cloud.url}/${path}/${testid}`], method: "PUT", body, until: { calls } } as const;
      const here = await load.run(order);
      const there = await load.run({ ...order, headers: QUEUED });
      // The first round warms up.
      if (round === 0) continue;
      inline.push(summarize(here.times));
      queued.push(summarize(there.times));
    }
  }
  return {
    title: "Resets",
    tables: [
      {
        title: "testcase1, one client, one call after the other, in turns; ms",
        rounds: count,
        head: ["what", "where the client waits, p50", "p95", "by a worker, p50", "p95", "p50 / that of a worker"],
        rows: kinds.map(({ what, inline, queued }) => {
          const [here, there] = [overRounds(inline), overRounds(queued)];
          return [what, here.p50, here.p95, there.p50, there.p95, ratiosOfP50(inline, queued)];
        }),
      },
    ],
    notes: [],
    targets: [],
  };
}
