import { inputsOf, type Manner } from "./commands.ts";
import type { Database } from "./database.ts";
import type { Call } from "./history.ts";
import type { Random } from "./random.ts";
import { send } from "./send.ts";
import type { Service } from "./service.ts";

/** A client makes up for so many lost commits at most. */
const MAX_LOST = 12;

/**
 * After the database has lost commits of a test, brings the test to the very revision that it had reached before, by workers,
 * and then takes a step at once: an api process may remember the lost commit of that revision, and must not take it for the
 * one that stands there now.
 *
 * @param calls receives what was sent
 */
export async function comeBack(
  service: Service & { readonly database: Database },
  testid: string,
  testcaseid: string,
  random: Random,
  calls: Call[],
): Promise<void> {
  const reached = await service.setBacks.takeReached(testid);
  if (reached === undefined) return;
  const { revision, unanswered } = await service.database.committed(testid);
  const lost = reached - revision;
  if (unanswered > 0 || lost < 1 || lost > MAX_LOST) return;
  const step = async (manner: Partial<Manner>) => {
    const command = { method: "advance", body: inputsOf(random, testcaseid, random.next()) } as const;
    calls.push(await send(service, testid, command, { key: random.uuid(), prefer: undefined, ...manner }));
  };
  for (let again = 0; again < lost; again++) await step({ prefer: "respond-async" });
  service.tally("comebacks");
  await step({});
}
