import { getPriority, setPriority } from "node:os";
import { check } from "./check.ts";
import type { CheckReply, CheckRequest } from "./checker-messages.ts";
import { Violation } from "./history.ts";
import { type ModelTwin, makeTwin } from "./twin.ts";

/** The process of the checker, see `Checker`. Its model's processes have its priority. */

/** About three times less of a processor than the service's processes, where both want one. */
const NICER_BY = 5;

setPriority(Math.min(19, getPriority() + NICER_BY));

/** Made for the first life that there is while a model is uploaded. */
let twin: Promise<ModelTwin> | undefined;

async function answer({ life, uploaded }: CheckRequest): Promise<CheckReply> {
  try {
    if (uploaded !== undefined) twin ??= makeTwin(uploaded);
    return { checked: await check(life, (await twin)?.testcase) };
  } catch (error) {
    if (error instanceof Violation) return { violation: error.message };
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on("message", async (request: CheckRequest) => {
  const reply = await answer(request);
  process.send?.(reply);
});

// The program has ended, or needs no checker any more.
process.on("disconnect", async () => {
  await (await twin)?.close();
  process.exit();
});
