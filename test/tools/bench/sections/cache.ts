import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCacheStack } from "../../../support/cache-stack.ts";
import type { Context } from "../context.ts";
import { ask } from "../load/ask.ts";
import type { CacheDone, CacheOrder } from "../load/cache-program.ts";
import { overRounds, ratios, rounds, summarize } from "../stats.ts";
import type { Section } from "../table.ts";

const PROGRAM = fileURLToPath(new URL("../load/cache-program.ts", import.meta.url));
const HOOKS = new URL("../../../support/lua-hooks.ts", import.meta.url).href;
const PROCESSES = 6;
const [SMALLEST, LARGEST] = [200, 4000];

const KINDS = {
  ours: "ours: S3 and Redis over REST",
  memory: "ours, read before by this process",
  files: "files, locks over TCP",
  "files-rest": "files, locks over REST",
} as const;
type Kind = keyof typeof KINDS;
type Phase = "create" | "read";

/** Reads and creates of six processes: unchanging objects in S3, compared with files under reader/writer locks. */
export async function cache(context: Context): Promise<Section> {
  const [count, objects, ms] = context.quick ? [2, 15, 300] : [5, 200, 3000];
  const stack = await startCacheStack();
  context.defer(() => stack.stop());
  const env = { ...process.env, ...stack.environment };
  // Their logs are no part of the report.
  const stdio = ["ignore", process.stderr.fd, "inherit", "ipc"] as const;
  const options = { env, execArgv: ["--import", HOOKS], stdio: [...stdio] };
  const children = Array.from({ length: PROCESSES }, () => fork(PROGRAM, [], options));
  context.defer(() => {
    for (const child of children) if (child.connected) child.disconnect();
  });
  const dir = mkdtempSync(join(tmpdir(), "boptest-files-"));
  context.defer(() => rmSync(dir, { recursive: true, force: true }));

  const all = async (order: Omit<CacheOrder, "index">): Promise<CacheDone[]> =>
    await Promise.all(children.map((child, index) => ask<CacheDone>(child, { ...order, index } satisfies CacheOrder)));
  const found = new Map<string, { perSecond: number; times: readonly number[] }[]>();
  for (let round = 0; round <= count; round++) {
    context.say(`round ${round} of ${count}`);
    for (const what of Object.keys(KINDS) as Kind[]) {
      const order = {
        what,
        namespace: `bench-${what}-${round}`,
        processes: PROCESSES,
        objects,
        smallest: SMALLEST,
        largest: LARGEST,
        ms,
        redisPort: stack.fixture.server.port,
        dir: join(dir, `${what}-${round}`),
      };
      const created = together(await all({ ...order, phase: "create" }));
      if (what === "memory") await all({ ...order, phase: "warm" });
      const read = together(await all({ ...order, phase: "read" }));
      if (round === 0) continue;
      for (const [phase, done] of [
        ["create", created],
        ["read", read],
      ] as const) {
        const name = `${what} ${phase}`;
        found.set(name, [...(found.get(name) ?? []), done]);
      }
    }
  }
  const of = (what: Kind, phase: Phase) => found.get(`${what} ${phase}`) ?? [];
  const speeds = (what: Kind, phase: Phase) => of(what, phase).map(({ perSecond }) => perSecond);
  const row = (what: Kind, phase: Phase) => {
    const { p50, p99 } = overRounds(of(what, phase).map(({ times }) => summarize(times)));
    const isOurs = what === "ours" || what === "memory";
    const compared = (["files", "files-rest"] as const).map((other) =>
      isOurs ? ratios(speeds(what, phase), speeds(other, phase)) : "",
    );
    return [KINDS[what], phase, rounds(speeds(what, phase)), p50, p99, ...compared];
  };
  return {
    title: "The object cache",
    tables: [
      {
        title: `${PROCESSES} processes, ${PROCESSES * objects} objects of ${SMALLEST} to ${LARGEST} bytes`,
        rounds: count,
        head: [
          "cache",
          "operation",
          "1/s, all processes",
          "p50 ms",
          "p99 ms",
          "1/s / that of files over TCP",
          "1/s / that of files over REST",
        ],
        rows: [
          ...(["ours", "files", "files-rest"] as const).map((what) => row(what, "create")),
          ...(["ours", "files", "files-rest", "memory"] as const).map((what) => row(what, "read")),
        ],
      },
    ],
    notes: [
      "A read of ours takes no lock, which leaves one GET; a read of files takes and gives back a lock, which leaves two scripts. S3 here is a server of one process on the same processors, and the files lie in this machine's page cache: in the cloud the files would lie on a network file system.",
    ],
    targets: [],
  };
}

/** @throws Error if an operation failed */
function together(done: readonly CacheDone[]): { perSecond: number; times: readonly number[] } {
  const missed = done.reduce((sum, each) => sum + each.missed, 0);
  if (missed > 0) throw new Error(`${missed} operations on the cache came to nothing`);
  const perSecond = done.reduce((sum, { times, tookMs }) => sum + (1000 * times.length) / tookMs, 0);
  return { perSecond, times: done.flatMap(({ times }) => [...times]) };
}
