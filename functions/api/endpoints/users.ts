import { listUserTests } from "../../accounts/user-tests.ts";
import { stopTest } from "../../lifecycle/create-and-stop/stop.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import type { HttpRequest } from "../http/request.ts";
import { unauthorized } from "./account.ts";

/** Tests that are stopped at the same time. */
const AT_ONCE = 16;
/** How long one call stops tests, ms: much shorter than API Gateway's time limit. */
const STOPPING_MS = 15_000;

export const userTests: Endpoint = async (request, context) => {
  return { status: 200, body: JSON.stringify(await testsOf(request, context)) };
};

/**
 * Stops all tests of an account, as `PUT stop` does, and tells how many were stopped and how many are left. An account may
 * have more tests than one call can stop; the client then repeats the call. Tests selected during the call are not
 * stopped.
 */
export const stopUserTests: Endpoint = async (request, context) => {
  const testids = await testsOf(request, context);
  let stopped = 0;
  let next = 0;
  const isTime = () => Date.now() - request.arrivalMs < STOPPING_MS;
  const stopNext = async (): Promise<void> => {
    while (isTime()) {
      const testid = testids[next++];
      if (testid === undefined) return;
      if ((await stopTest(context.redis, testid)) === "stopped") stopped++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, stopNext));
  return { status: 200, body: JSON.stringify({ stopped, left: Math.max(0, testids.length - next) }) };
};

/** @throws HttpError 401 without the user's own key */
async function testsOf(request: HttpRequest, context: ApiContext): Promise<readonly string[]> {
  const key = request.key;
  if (key === undefined) throw unauthorized.missing();
  const found = await listUserTests(context.redis, request.params.user ?? "", key);
  if (found.kind !== "listed") throw unauthorized[found.kind](key);
  return found.testids;
}
