import { keys } from "../../../functions/platform/keys.ts";
import { type Bucket, type ObjectInfo, objectKeys } from "../../../functions/platform/objects.ts";
import type { Database } from "./database.ts";

/** A test that has begun, and what is known of its end: the lineages that it was in, and when that was read (ms). */
export interface Ended {
  readonly lineages: readonly string[];
  readonly seenMs: number;
}

/** What is looked through, and who is to clear up. */
export interface Places {
  readonly database: Pick<Database, "command" | "committed">;
  readonly bucket: Pick<Bucket, "list">;
  /** Lets the sweeper pass once. */
  readonly sweep: () => Promise<unknown>;
  readonly stop: (testid: string) => Promise<unknown>;
}

export interface Leftovers {
  /** What is left of tests that were stopped, and should not be. */
  readonly wrong: readonly string[];
  /** How often the sweeper had to pass. */
  readonly passes: number;
  /** Objects that no test had named, and that the housekeeping has deleted. */
  readonly orphans: number;
}

/** How long the answers of a stopped test are kept, ms. */
const LAST_ANSWERS_MS = 60_000;
/** The same of rollouts, which are requests under ids of their own; and how long all else of them is. */
const ROLLOUT_ANSWERS_MS = 70 * 60_000;
const ROLLOUT_MS = 900_000;
/** Passes of the sweeper in a row that may leave as much garbage as there was. */
const MAX_IDLE_PASSES = 2;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/**
 * Stops the tests of which nobody knows but their index, lets the sweeper do what it must, and looks for whatever is left
 * then of any test.
 *
 * @param known every test that a client knows; undefined for one that it did not stop, for something was wrong with it
 */
export async function leftovers(places: Places, known: ReadonlyMap<string, Ended | undefined>): Promise<Leftovers> {
  const tests = new Map(known);
  const first = await sweep(places);
  const wrong = await stopOthers(places, tests);
  const swept = await sweep(places);
  const before = await objectsOf(places);
  wrong.push(...swept.wrong, ...garbageIn(before, tests));
  await keepHouse(places);
  const after = await objectsOf(places);
  wrong.push(...after.map(({ key }) => `the object ${key} is left behind the housekeeping`));
  wrong.push(...(await keysLeft(places, tests)), ...(await indexed(places)));
  return { wrong, passes: first.passes + swept.passes, orphans: before.length - after.length };
}

/** Those of selects and forks that failed, and of clients that gave up. @returns what is wrong with them */
async function stopOthers(places: Places, tests: Map<string, Ended | undefined>): Promise<string[]> {
  const { database } = places;
  const wrong: string[] = [];
  for (const index of await listed(database, ["KEYS", keys.userTests("anonymous*")])) {
    for (const testid of await listed(database, ["SMEMBERS", index])) {
      const { lineages, entries } = await database.committed(testid);
      if (tests.get(testid) !== undefined) wrong.push(`${testid} was stopped, and is in ${index}`);
      else if ((entries[0]?.status ?? 0) >= 400) wrong.push(`${testid} could not start, and is in ${index}`);
      tests.set(testid, { lineages, seenMs: Date.now() });
      await places.stop(testid);
    }
  }
  return wrong;
}

/** Lets the sweeper pass until there is no garbage, as long as it gets somewhere. */
async function sweep(places: Places): Promise<{ wrong: string[]; passes: number }> {
  const { database } = places;
  const waiting = async () => [
    ...(await listed(database, ["SMEMBERS", keys.garbage()])).map((each) => `the lineage ${each} is not collected`),
    ...(await listed(database, ["SMEMBERS", keys.failedStarts()])).map((each) => `${each}, which failed, is not ended`),
  ];
  let passes = 0;
  for (let idle = 0, left = await waiting(); ; ) {
    if (left.length === 0 || idle === MAX_IDLE_PASSES) return { wrong: left, passes };
    await places.sweep();
    passes++;
    const now = await waiting();
    idle = now.length < left.length ? 0 : idle + 1;
    left = now;
  }
}

/**
 * What was there while a test was still in the lineage goes when the last has left it. What was written later, by a
 * worker that had not heard of that, is an orphan.
 */
function garbageIn(objects: readonly ObjectInfo[], tests: ReadonlyMap<string, Ended | undefined>): string[] {
  return [...tests].flatMap(([testid, ended]) =>
    (ended?.lineages ?? []).flatMap((lineage) =>
      objects
        .filter(
          ({ key, modifiedMs }) => key.startsWith(objectKeys.lineage(lineage)) && modifiedMs <= (ended?.seenMs ?? 0),
        )
        .map(({ key }) => `${testid} was stopped, and the object ${key} is left`),
    ),
  );
}

/** Lets the sweeper keep house, which is not due for hours. */
async function keepHouse({ database, sweep }: Places): Promise<void> {
  await database.command(["DEL", keys.housekeeping()]);
  await sweep();
}

async function objectsOf({ bucket }: Places): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  for (;;) {
    const after = found.at(-1)?.key;
    const { objects, more } = await bucket.list(objectKeys.results, after === undefined ? {} : { after });
    found.push(...objects);
    if (!more) return found;
  }
}

async function keysLeft({ database }: Places, tests: ReadonlyMap<string, unknown>): Promise<string[]> {
  const wrong: string[] = [];
  for (const key of await listed(database, ["KEYS", "*"])) {
    const [id] = UUID.exec(key) ?? [];
    // Neither an Idempotency-Key nor an event of an upload is a test.
    const others = [keys.selectIdempotency("anonymous", ""), keys.packageChecks("")];
    if (id === undefined || others.some((prefix) => key.startsWith(prefix))) continue;
    const lifetimeMs = Number(await database.command(["PTTL", key]));
    const [answersMs, restMs] = tests.has(id) ? [LAST_ANSWERS_MS, 0] : [ROLLOUT_ANSWERS_MS, ROLLOUT_MS];
    if (lifetimeMs > 0 && lifetimeMs <= (key === keys.response(id) ? answersMs : restMs)) continue;
    // It may have ended between the two commands.
    if (lifetimeMs !== -2) wrong.push(`the key ${key} is left, for another ${lifetimeMs} ms`);
  }
  return wrong;
}

/** All tests are stopped, and all requests answered. */
async function indexed({ database }: Places): Promise<string[]> {
  const wrong: string[] = [];
  for (const key of [
    ...(await listed(database, ["KEYS", "tests:active:*"])),
    ...(await listed(database, ["KEYS", "tests:outstanding:*"])),
  ]) {
    for (const testid of await listed(database, ["ZRANGE", key, "0", "-1"])) wrong.push(`${testid} is left in ${key}`);
  }
  return wrong;
}

async function listed(database: Places["database"], command: [string, ...string[]]): Promise<string[]> {
  return (await database.command(command)) as string[];
}
