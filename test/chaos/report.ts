import type { Verdict } from "./chaos.ts";
import type { Event } from "./disturber.ts";

export function describeEvent({ atMs, what }: Event): string {
  return `${(atMs / 1000).toFixed(1).padStart(7)} s  ${what}`;
}

export function describeVerdict(verdict: Verdict): string {
  const { lives, counts, hits, outcomes, recoveryMs, violations, events } = verdict;
  const list = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  return [
    `Faults: ${events.length - 1}; calls hit: ${list(hits) || "none"}`,
    `Scripts: ${list(outcomes)}`,
    `Tests compared with an undisturbed run: ${lives}`,
    `Commands: ${counts.acknowledged} acknowledged, each applied once (${counts.givenUp} of them given up and not applied); ` +
      `${counts.lostApplied + counts.lostUnapplied} not acknowledged, of which ${counts.lostApplied} were applied once and ${counts.lostUnapplied} not`,
    `The last waiting call was answered ${(recoveryMs / 1000).toFixed(1)} s after the last fault`,
    violations.length === 0 ? "PASSED: no promise was broken" : `FAILED: ${violations.length} promises broken`,
    ...violations.slice(0, 50).map((violation) => `  ${violation.slice(0, 2000)}`),
  ].join("\n");
}
