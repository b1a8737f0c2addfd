import { setTimeout as sleep } from "node:timers/promises";
import { type Burst, type Command, inputsOf } from "./commands.ts";
import { query } from "./end.ts";
import type { Call } from "./history.ts";
import type { Random } from "./random.ts";
import { sendAll } from "./send.ts";
import type { Service } from "./service.ts";

const DAY_SECONDS = 86_400;

/**
 * Lets a test run by itself for a while, sets inputs meanwhile, tries what is refused then, and pauses it. All of it has keys:
 * answers about a run are much alike.
 */
export async function runByItself(
  service: Service,
  testid: string,
  testcaseid: string,
  random: Random,
): Promise<Call[]> {
  const step = Number(await query(service, "GET", `/step/${testid}`));
  const { time } = (await query(service, "GET", `/points/${testid}`)) as { time: number };
  const by = random.pick(["calls", "batch", "socket"] as const);
  const calls: Call[] = [];
  const send = async (...commands: Command[]) => {
    const burst: Burst = commands.map((command) => [command, { key: random.uuid(), prefer: undefined }]);
    calls.push(...(await sendAll(service, testid, burst, by)));
  };
  // Long steps, and those at full speed, come to an end: what is left when the faults are over must not take long.
  const isMax = step > DAY_SECONDS / 2 || random.chance(0.3);
  const speed = isMax ? "max" : Math.min(9_000, step * random.between(1, 10)) + random.next();
  const until = isMax ? { until: time + step * random.whole(1, step > 3600 ? 2 : 40) } : {};
  service.tally("runs");
  await send({ method: "run", body: { speed, ...until } });
  await sleep(random.between(200, 1500));
  await send(
    { method: "set_inputs", body: inputsOf(random, testcaseid, random.next()) },
    { method: "advance", body: inputsOf(random, testcaseid, random.next()) },
  );
  await sleep(random.between(200, 1500));
  // A pause that the database may have lost is asked for again.
  await service.setBacks.safely(() => send({ method: "pause", body: {} }));
  return calls;
}
