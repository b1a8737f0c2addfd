import { type Drive, driveTest } from "./drive.ts";
import { type WatchedTest, watchTest } from "./test.ts";

/** A test that is looked at, or that this page still drives. */
export interface OpenTest {
  readonly test: WatchedTest;
  readonly drive: Drive;
}

const open = new Map<string, OpenTest & { isSeen: boolean }>();

/** Opens a test, or finds it as it was left: a run goes on while another view is shown. */
export function openTest(testid: string): OpenTest {
  let found = open.get(testid);
  if (found === undefined) {
    const test = watchTest(testid);
    found = { test, drive: driveTest(test), isSeen: true };
    open.set(testid, found);
  }
  found.isSeen = true;
  return found;
}

/** Nobody looks at a test any more: it is closed, as soon as no run is on. */
export function leaveTest(testid: string): void {
  const left = open.get(testid);
  if (left === undefined) return;
  left.isSeen = false;
  left.drive.progress.subscribe((progress) => {
    if (progress !== undefined || left.isSeen || open.get(testid) !== left) return;
    open.delete(testid);
    left.test.dispose();
  });
}
