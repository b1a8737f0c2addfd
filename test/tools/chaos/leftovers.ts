import { HELD_MS } from "../../../functions/api/endpoints/batch/hold.ts";
import { keys } from "../../../functions/platform/keys.ts";
import { type Bucket, type ObjectInfo, objectKeys } from "../../../functions/platform/objects.ts";
import { ANSWER_MS } from "../../../functions/streams/answer.ts";
import type { Database } from "./database.ts";

/** A test that was started, and its end: its lineages, and when they were read (ms). */
export interface Ended {
  readonly lineages: readonly string[];
  readonly seenMs: number;
}

/** The storage to search, and the sweeper that cleans it up. */
export interface Places {
  readonly database: Pick<Database, "command" | "committed">;
  readonly bucket: Pick<Bucket, "list">;
  /** Runs the sweeper once. */
  readonly sweep: () => Promise<unknown>;
  readonly stop: (testid: string) => Promise<unknown>;
}

export interface Leftovers {
  /** Remains of stopped tests that should be deleted. */
  readonly wrong: readonly string[];
  /** The number of the sweeper's runs. */
  readonly passes: number;
  /** Objects that no test had named, and that housekeeping deleted. */
  readonly orphans: number;
}

/** How long the answers of a stopped test are kept, ms. */
const LAST_ANSWERS_MS = 60_000;
/** How long all keys of a rollout are kept, ms: rollouts are requests under ids of their own. */
const ROLLOUT_ANSWERS_MS = 70 * 60_000;
const ROLLOUT_MS = 900_000;
/** The largest number of consecutive runs of the sweeper that reduce no garbage. */
const MAX_IDLE_PASSES = 2;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/**
 * Stops the tests that only their index knows, runs the sweeper until it is done, and looks for remains of all
 * tests.
 *
 * @param known every test that a client knows; undefined for a test that failed a check and was not stopped
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

/** Stops the tests of failed selects and forks, and of clients that gave up. @returns violations */
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

/** Runs the sweeper until there is no garbage, while each run makes progress. */
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
 * Objects written while a test was in the lineage are deleted when the last test has left it. Objects written later, by a
 * worker that does not know this, are orphans.
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

/** Makes the sweeper do its housekeeping, which is not due for hours. */
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
    // Neither the Idempotency-Key of a select nor an upload's event is a test.
    const others = [keys.selectIdempotency("anonymous", ""), keys.packageChecks("")];
    if (id === undefined || others.some((prefix) => key.startsWith(prefix))) continue;
    const lifetimeMs = Number(await database.command(["PTTL", key]));
    if (isKeptBatch(key, id, lifetimeMs)) continue;
    const [answersMs, restMs] = tests.has(id) ? [LAST_ANSWERS_MS, 0] : [ROLLOUT_ANSWERS_MS, ROLLOUT_MS];
    if (lifetimeMs > 0 && lifetimeMs <= (key === keys.response(id) ? answersMs : restMs)) continue;
    // The key may have expired between the two commands.
    if (lifetimeMs !== -2) wrong.push(`the key ${key} is left, for another ${lifetimeMs} ms`);
  }
  return wrong;
}

/** A batch that took longer than its call is kept for as long as answers are; who goes on with it has it for ten seconds. */
function isKeptBatch(key: string, id: string, lifetimeMs: number): boolean {
  if (key === keys.batch(id)) return lifetimeMs > 0 && lifetimeMs <= ANSWER_MS;
  return key === keys.batchHeld(id) && lifetimeMs > 0 && lifetimeMs <= HELD_MS;
}

/** All tests are stopped, and all requests answered: the indexes must be empty. */
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
