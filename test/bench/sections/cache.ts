import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCacheStack } from "../../support/cache-stack.ts";
import type { Context } from "../context.ts";
import type { CacheDone, CacheOrder } from "../load/cache-program.ts";
import { rounds, summarize } from "../stats.ts";
import { type Section, spread } from "../table.ts";

const PROGRAM = fileURLToPath(new URL("../load/cache-program.ts", import.meta.url));
const HOOKS = new URL("../../support/lua-hooks.ts", import.meta.url).href;
const PROCESSES = 6;
const [SMALLEST, LARGEST] = [200, 4000];

const KINDS = {
  ours: "ours: S3 and Redis over REST",
  memory: "ours, read before by this process",
  files: "files, locks over TCP",
  "files-rest": "files, locks over REST",
} as const;
type Kind = keyof typeof KINDS;

/** Reads and creates of six processes: objects in S3 that never change, against files under reader/writer locks. */
export async function cache(context: Context): Promise<Section> {
  const [count, objects, ms] = context.quick ? [2, 15, 300] : [5, 200, 3000];
  const stack = await startCacheStack();
  context.defer(() => stack.stop());
  const env = { ...process.env, ...stack.environment };
  // What they log is no part of the report.
  const stdio = ["ignore", process.stderr.fd, "inherit", "ipc"] as const;
  const options = { env, execArgv: ["--import", HOOKS], stdio: [...stdio] };
  const children = Array.from({ length: PROCESSES }, () => fork(PROGRAM, [], options));
  context.defer(() => {
    for (const child of children) child.disconnect();
  });
  const dir = mkdtempSync(join(tmpdir(), "boptest-files-"));
  context.defer(() => rmSync(dir, { recursive: true, force: true }));

  const all = async (order: Omit<CacheOrder, "index">): Promise<CacheDone[]> =>
    await Promise.all(children.map((child, index) => ask(child, { ...order, index })));
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
  const row = (what: Kind, phase: "create" | "read") => {
    const done = found.get(`${what} ${phase}`) ?? [];
    const { p50, p99 } = summarize(done.flatMap(({ times }) => [...times]));
    return [KINDS[what], phase, spread(rounds(done.map(({ perSecond }) => perSecond))), p50, p99];
  };
  return {
    title: "The object cache",
    tables: [
      {
        title: `${PROCESSES} processes, ${PROCESSES * objects} objects of ${SMALLEST} to ${LARGEST} bytes; medians of ${count} rounds`,
        head: ["cache", "operation", "1/s, all processes (lowest–highest)", "p50 ms", "p99 ms"],
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

/** @throws Error if one of the operations did not do what it should */
function together(done: readonly CacheDone[]): { perSecond: number; times: readonly number[] } {
  const missed = done.reduce((sum, each) => sum + each.missed, 0);
  if (missed > 0) throw new Error(`${missed} operations on the cache came to nothing`);
  const perSecond = done.reduce((sum, { times, tookMs }) => sum + (1000 * times.length) / tookMs, 0);
  return { perSecond, times: done.flatMap(({ times }) => [...times]) };
}

async function ask(child: ChildProcess, order: CacheOrder): Promise<CacheDone> {
  child.send(order);
  const [done] = (await once(child, "message")) as [CacheDone];
  return done;
}
