import { keys } from "../../platform/keys.ts";
import { requireUser } from "../account.ts";
import type { Endpoint } from "../context.ts";

/** The tests that a user has: one command, whatever others have. */
export const userTests: Endpoint = async (request, context) => {
  const { name } = await requireUser(request, context);
  const testids = (await context.redis.command(["SMEMBERS", keys.userTests(name)])) as string[];
  return { status: 200, body: JSON.stringify(testids.sort()) };
};
