import { signal } from "@preact/signals";
import { api } from "../client/api.ts";
import { Refused, Unreachable } from "../client/call.ts";
import { CONTROLLERS, type Controller } from "./controllers.ts";
import { driveTest } from "./drive.ts";
import { account, knownTest, relabel, remember } from "./kept.ts";
import { type WatchedTest, watchTest } from "./test.ts";

/** The name of the checkpoint that the page makes when it starts a test. */
export const START = "start";

/** How far the run of the other controller has come; undefined when none is on. */
export const againProgress = signal<number | undefined>(undefined);

/**
 * Runs the same stretch once more from the test's beginning, with another controller, as a test of its own.
 * @returns its id @throws Refused, Unreachable
 */
export async function runAgain(test: WatchedTest, controller: Controller): Promise<string> {
  againProgress.value = 0;
  try {
    const until = test.time.peek() ?? 0;
    const from = test.checkpoints.peek().find(({ name }) => name === START)?.time ?? 0;
    const testid = await forkOf(test, START, from, CONTROLLERS[controller.kind].name);
    // So that it can be compared with further ones in its turn.
    await api.makeCheckpoint(testid, START);
    const twin = watchTest(testid);
    try {
      await twin.refresh();
      const drive = driveTest(twin);
      drive.controller.value = controller;
      const stop = drive.progress.subscribe((progress) => {
        againProgress.value = progress ?? againProgress.peek();
      });
      await drive.run(until - from);
      stop();
      const { value } = drive.notice;
      if (value?.kind === "failed") throw new Unreachable(value.text);
    } finally {
      twin.dispose();
    }
    return testid;
  } finally {
    againProgress.value = undefined;
  }
}

/** Makes a test that begins where another stands, or stood at a checkpoint, and keeps where it comes from. */
export async function forkOf(test: WatchedTest, checkpoint: string | null, at: number, label: string): Promise<string> {
  const [testid] = await api.fork(test.testid, checkpoint, account.peek().key || undefined);
  if (testid === undefined) throw new Refused(500, "The service made no test.");
  const testcaseid = test.about.peek()?.testcaseid ?? "";
  remember({ testid, testcaseid, label, parent: test.testid, forkedAt: at });
  return testid;
}

/** A test that has no name yet is called after its controller. */
export function nameAfter(testid: string, controller: Controller): void {
  if (knownTest(testid)?.label === "") relabel(testid, CONTROLLERS[controller.kind].name);
}
