import type { Verdict } from "./chaos.ts";
import type { Event } from "./disturber.ts";

export function describeEvent({ atMs, what }: Event): string {
  return `${(atMs / 1000).toFixed(1).padStart(7)} s  ${what}`;
}

/** @param again the command that repeats the run */
export function describeVerdict(verdict: Verdict, again: string): string {
  const { lives, counts, tallied, hits, outcomes, recoveryMs, housekeeping, passes, orphans, violations, events } =
    verdict;
  const list = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  const { "enqueue: answered": warm = 0, "enqueue: claimed": cold = 0 } = outcomes;
  return [
    `Faults: ${events.filter(({ kind }) => kind === "fault").length}; calls hit: ${list(hits) || "none"}`,
    `Scripts: ${list(outcomes)}`,
    `Tests compared with an undisturbed run: ${lives + counts.forks}, ${counts.forks} of them forks; ${counts.rollouts} rollouts`,
    `Commands: ${counts.acknowledged} acknowledged, each applied once (${counts.givenUp} of them given up and not applied); ` +
      `${counts.lostApplied + counts.lostUnapplied} not acknowledged, of which ${counts.lostApplied} were applied once and ${counts.lostUnapplied} not`,
    `They went as ${tallied.calls} calls, ${tallied.batch} messages of batches, ${tallied.socket} over WebSockets; ${tallied.runs} runs took ${counts.runSteps} steps by themselves, each once`,
    `${tallied.comebacks} times a test was brought to a revision that the database had lost, and then asked for a step`,
    `The database lost ${counts.takenBack} of these when it went back; who asked for one was told so, and no test mixes two pasts`,
    `Of commands that api processes carried out, ${warm} took one round trip, from memory, and ${cold} two`,
    `The housekeeping passed ${housekeeping.passes} times amid the faults, and deleted ${housekeeping.orphans} orphans`,
    `What waited when the faults ended was answered ${(recoveryMs / 1000).toFixed(1)} s later`,
    `All tests stopped, the sweeper passed ${passes} times until nothing of them was left but orphans; ${orphans} of these went with the housekeeping`,
    violations.length === 0 ? "PASSED: no promise was broken" : `FAILED: ${violations.length} promises broken`,
    ...violations.slice(0, 50).map((violation) => `  ${violation.slice(0, 2000)}`),
    ...(violations.length === 0 ? [] : [`Again: ${again}`]),
  ].join("\n");
}
