import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database.ts";
import { type Remains, type Said, Violation } from "./history.ts";
import { persist } from "./http.ts";
import { RESULTS_PATIENCE_MS } from "./patience.ts";
import type { Service } from "./service.ts";

/**
 * The remains of a test, when all its requests are answered and nothing changes it any more; undefined for a test whose start was
 * given up, which has none.
 *
 * @throws Violation
 */
export async function gather(service: Service, database: Database, testid: string): Promise<Remains | undefined> {
  return await service.setBacks.safely(() => gatherOnce(service, database, testid));
}

async function gatherOnce(service: Service, database: Database, testid: string): Promise<Remains | undefined> {
  for (;;) {
    const before = await service.patience.waitFor(`the last answer of ${testid}`, async (giveUp) => {
      for (;;) {
        const committed = await database.committed(testid);
        if (committed.unanswered === 0) return committed;
        if (giveUp()) return undefined;
        await sleep(50);
      }
    });
    const [first] = before.entries;
    if (first?.status === 500 && first.text.includes("request start ")) return undefined;
    const points = await query(service, "GET", `/points/${testid}`);
    const kpis = await query(service, "GET", `/kpi/${testid}`);
    const step = await query(service, "GET", `/step/${testid}`);
    const scenario = await query(service, "GET", `/scenario/${testid}`);
    const names = Object.keys(points as object).filter((name) => name !== "time");
    const body = { point_names: names, start_time: "-inf", final_time: "inf" };
    const results = (await query(service, "PUT", `/results/${testid}`, body)) as Remains["results"];
    const seenMs = Date.now();
    const { revision, unanswered, entries, lineages } = await database.committed(testid);
    if (revision === before.revision && unanswered === 0) {
      return { revision, entries, lineages, seenMs, points, kpis, step, scenario, results };
    }
  }
}

/** The answer of a query. @throws Violation without an answer with status 200 */
export async function query(
  { url, patience }: Service,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const said = await patience.waitFor(
    `${method} ${path}`,
    async (giveUp) => {
      for (;;) {
        const heard = await persist(url, method, path, { giveUp, ...(body === undefined ? {} : { body }) });
        if (heard === undefined || !isQueued(heard)) return heard;
        await sleep(QUEUED_MS);
      }
    },
    path.startsWith("/results/") ? RESULTS_PATIENCE_MS : undefined,
  );
  if (said.status !== 200) throw new Violation(`${method} ${path} was answered ${said.status} ${said.text}`);
  return (JSON.parse(said.text) as { payload: unknown }).payload;
}

/** A test that its client has used already waits for its start again, if the database has lost it. */
const isQueued = ({ status, text }: Said) => status === 409 && text.includes("is still Queued");
const QUEUED_MS = 100;

/** Stops a test; one whose start was given up may not exist any more. @throws Violation */
export async function stop(
  service: Service,
  testid: string,
  options: { readonly key: string; readonly mayBeGone: boolean },
): Promise<void> {
  await service.setBacks.safely(async (isAgain) => {
    await stopOnce(service, testid, { ...options, mayBeGone: options.mayBeGone || isAgain });
  });
}

async function stopOnce(
  { url, patience, setBacks }: Service,
  testid: string,
  options: { readonly key: string; readonly mayBeGone: boolean },
): Promise<void> {
  const sentMs = performance.now();
  const path = `/stop/${testid}`;
  const headers = { "idempotency-key": options.key };
  const stopped = await patience.waitFor(`PUT ${path}`, (giveUp) => persist(url, "PUT", path, { headers, giveUp }));
  const isKnown = !options.mayBeGone && !setBacks.touch({ sentMs });
  if (stopped.status !== 200 && (isKnown || stopped.status !== 400)) {
    throw new Violation(`PUT ${path} was answered ${stopped.status} ${stopped.text}`);
  }
  const status = await patience.waitFor(`GET /status/${testid}`, (giveUp) =>
    persist(url, "GET", `/status/${testid}`, { giveUp }),
  );
  if (status.status !== 400 && !setBacks.touch({ sentMs }))
    throw new Violation(`${testid} was stopped, and its status is ${status.text}`);
}
