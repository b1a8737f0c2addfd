import { setTimeout as sleep } from "node:timers/promises";
import { keys } from "../../../../functions/platform/keys.ts";
import commitScript from "../../../../functions/streams/commit.lua";
import type { Cloud } from "../../../../infra/local/cloud/cloud.ts";
import { CUT } from "../../../../infra/local/http/cut.ts";
import type { RestCall } from "../../../../infra/local/redis/rest-server.ts";
import { workersAt } from "../../../support/disturb.ts";
import { commandsOf } from "../../../support/redis.ts";
import { type Context, call, selectTests } from "../context.ts";
import { atMost, type Cell, type Section } from "../table.ts";

const SPEED = 60;
/** The lengths of steps, s: one step a second, and one every five. */
const STEPS = [60, 300] as const;
/** In the run whose workers are killed, one of so many commits is not made. */
const KILLED_EVERY = 15;

/** A run in the test's record, as a commit changes it. */
interface Kept {
  readonly status: string;
  readonly steps: number;
  readonly step: number;
  readonly time: number;
  readonly fromTime: number;
  readonly beganMs: number;
}

/** What the commits of a run say, seen from the Redis REST server. */
interface Watched {
  readonly testid: string;
  commits: number;
  steps: number;
  /** Whether each commit began where the one before had ended. */
  isWhole: boolean;
  /** By how much the latest step was late, s. */
  worst: number;
}

/** Runs at 60 times real time: how late their steps are, what they cost, and what becomes of them while parts are killed. */
export async function runs(context: Context): Promise<Section> {
  const { quick, say } = context;
  const minutes = quick ? 0.5 : 30;
  const options = { workers: 4, scheduleSeconds: quick ? 5 : 60 };
  const [calm, disturbed] = [await context.cloud(options), await context.cloud(options)];
  const watched: Watched[] = [];
  for (const stepSeconds of STEPS) watched.push(await begin(calm, stepSeconds));
  const killing = await begin(disturbed, STEPS[0]);
  const killed = { workers: 0, sweepers: 0 };
  watch(calm, watched);
  watch(disturbed, [killing], async (sent) => await kill(disturbed, killing, sent, killed));

  say(`${minutes} minutes`);
  const before = await commandsOf(calm.redis);
  const sendsBefore = calm.storage.counts().SendMessage ?? 0;
  await sleep(minutes * 60_000);
  const commands = (await commandsOf(calm.redis)) - before;
  const messages = (calm.storage.counts().SendMessage ?? 0) - sendsBefore;

  const rows = await Promise.all([
    ...watched.map(async (each, i) => await row(`step of ${STEPS[i]} s`, calm, each)),
    row(`step of ${STEPS[0]} s, workers and sweeper killed`, disturbed, killing),
  ]);
  const commits = watched.reduce((sum, each) => sum + each.commits, 0);
  const whole = [...watched, killing].filter(({ isWhole }) => !isWhole).length;
  return {
    title: "Runs that go by themselves",
    tables: [
      {
        title: `testcase1 at ${SPEED} times real time, for ${minutes} minutes`,
        head: ["run", "steps", "commits", "latest step, s", "the same, steps", "steps told to be late"],
        rows,
      },
    ],
    notes: [
      `The two undisturbed runs took ${(commands / commits).toFixed(1)} Redis commands and ${(messages / commits).toFixed(2)} messages for each commit, the sweeper's included.`,
      `In the disturbed run ${killed.workers} workers were killed in place of a commit, and ${killed.sweepers} sweepers as they looked at the run. Its lease is 10 s.`,
    ],
    targets: [
      ...watched.map((each, i) => {
        const interval = (STEPS[i] ?? Number.NaN) / SPEED;
        return atMost(`run at speed ${SPEED}, step of ${STEPS[i]} s: latest step, steps`, each.worst / interval, 1);
      }),
      atMost("runs with a step lost or doubled", whole, 0),
    ],
  };
}

async function begin(cloud: Cloud, stepSeconds: number): Promise<Watched> {
  const [testid = ""] = await selectTests(cloud.url, 1, stepSeconds);
  await call(cloud.url, "POST", `/tests/${testid}/run`, { speed: SPEED });
  return { testid, commits: 0, steps: 0, isWhole: true, worst: 0 };
}

/** Watches the commits of runs. `instead` may answer one in Redis' place. */
function watch(
  cloud: Cloud,
  watched: readonly Watched[],
  instead?: (sent: RestCall) => Promise<typeof CUT | undefined>,
): void {
  cloud.redisRest.intercept = async (sent) => {
    const answer = await instead?.(sent);
    if (answer !== undefined) return answer;
    const reply = await sent.forward();
    const run = committedRun(sent);
    const of = watched.find(({ testid }) => JSON.stringify(sent.commands[0]).includes(testid));
    if (run === undefined || of === undefined || JSON.stringify(reply.body).includes("lost")) return reply;
    const taken = run.steps - of.steps;
    if (taken <= 0) of.isWhole = false;
    const oldest = run.time - (taken - 1) * run.step;
    const dueMs = run.beganMs + ((oldest - run.fromTime) / SPEED) * 1000;
    of.worst = Math.max(of.worst, (Date.now() - dueMs) / 1000);
    of.isWhole &&= run.time === run.fromTime + run.steps * run.step;
    of.steps = run.steps;
    of.commits++;
    return reply;
  };
}

/** The run as the commit of some of its steps writes it. A pause commits it, too. */
function committedRun({ commands, scripts }: RestCall): Kept | undefined {
  if (scripts[0] !== commitScript) return undefined;
  const text = commands[0]?.find((argument) => argument.startsWith('{"id":') && argument.includes('"beganMs"'));
  const run = text === undefined ? undefined : (JSON.parse(text) as Kept);
  return run?.status === "running" && run.steps > 0 ? run : undefined;
}

/** Kills who is about to commit steps, now and then, and each second sweeper. */
async function kill(
  cloud: Cloud,
  { testid, commits }: Watched,
  sent: RestCall,
  killed: { workers: number; sweepers: number },
): Promise<typeof CUT | undefined> {
  const isSweep = sent.commands[0]?.includes(keys.runs()) && sent.commands[0].includes("XX");
  if (isSweep && Math.random() < 0.5) {
    killed.sweepers++;
    for (const { pid } of cloud.host.busy("sweeper")) await cloud.host.kill(pid);
    return CUT;
  }
  const isDue = commits >= KILLED_EVERY * (killed.workers + 1);
  if (!isDue || committedRun(sent) === undefined) return undefined;
  killed.workers++;
  for (const pid of workersAt(cloud, testid)) await cloud.host.kill(pid);
  return CUT;
}

/** A row, and whether the test's time agrees with the steps that were seen. */
async function row(name: string, cloud: Cloud, watched: Watched): Promise<Cell[]> {
  await call(cloud.url, "DELETE", `/tests/${watched.testid}/run`);
  const told = (await call(cloud.url, "GET", `/tests/${watched.testid}/run`)) as {
    payload: { steps: number; step: number; late: { steps: number } };
  };
  const { steps, step, late } = told.payload;
  if (steps !== watched.steps) watched.isWhole = false;
  return [name, steps, watched.commits, watched.worst, watched.worst / (step / SPEED), late.steps];
}
