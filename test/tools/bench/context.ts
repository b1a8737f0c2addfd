import type { Cloud } from "../../../infra/local/cloud/cloud.ts";
import { startCloud } from "../../../infra/local/cloud/cloud.ts";
import { Load } from "./load/load.ts";

/** The tools of every part of the bench. */
export interface Context {
  /** Fewer rounds and fewer points: for a quick look, not for the record. */
  readonly quick: boolean;
  /** A folder with FMUs that are measured beside the project's own. */
  readonly buildings?: string | undefined;
  readonly load: Load;
  /** Prints the progress. */
  readonly say: (what: string) => void;
  /** Starts a local cloud as `npm start` runs it, without its schedule; it stops with the part. */
  cloud(options?: Parameters<typeof startCloud>[0]): Promise<Cloud>;
  /** Registers further clean-up for the end of the part, in reverse order. */
  defer(stop: () => Promise<void> | void): void;
}

/** Runs one part with its own context, and cleans up after it. */
export async function withContext<T>(
  { quick, buildings, say }: Pick<Context, "quick" | "buildings" | "say">,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const load = Load.start();
  stack.defer(() => load.stop());
  return await work({
    quick,
    buildings,
    say,
    load,
    defer: (stop) => stack.defer(stop),
    cloud: async (options = {}) => {
      const cloud = await startCloud({ scheduleSeconds: 0, affinity: true, ...options });
      stack.defer(() => cloud.stop());
      return cloud;
    },
  });
}

/** Selects tests, several at a time, with a step of an hour. @returns their ids */
export async function selectTests(url: string, count: number, stepSeconds = 3600): Promise<string[]> {
  const testids: string[] = [];
  const loops = Array.from({ length: Math.min(8, count) }, async (_, first) => {
    for (let i = first; i < count; i += 8) {
      const { testid } = (await call(url, "POST", "/testcases/testcase1/select")) as { testid: string };
      await call(url, "PUT", `/step/${testid}`, { step: stepSeconds });
      testids.push(testid);
    }
  });
  await Promise.all(loops);
  return testids;
}

/** @returns the answer, parsed if it is JSON. @throws Error unless the status is 200 */
export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const sent =
    method === "GET"
      ? { headers }
      : { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body ?? {}) };
  const response = await fetch(`${url}${path}`, { method, ...sent });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return response.headers.get("content-type")?.startsWith("application/json") ? JSON.parse(text) : text;
}
