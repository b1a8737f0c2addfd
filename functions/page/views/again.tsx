import { useSignal } from "@preact/signals";
import { Refused, Unreachable } from "../client/call.ts";
import { againProgress, nameAfter, runAgain, START } from "../state/again.ts";
import { CONTROLLERS, type Controller } from "../state/controllers.ts";
import type { Drive } from "../state/drive.ts";
import { knownTests } from "../state/kept.ts";
import { go, linkTo } from "../state/route.ts";
import type { WatchedTest } from "../state/test.ts";
import { pairsOf, usualGain } from "../state/zones.ts";
import { Problem } from "./parts.tsx";

/** The same stretch once more with another controller, and the two beside each other. */
export function Again({ test, drive }: { test: WatchedTest; drive: Drive }) {
  const problem = useSignal<string | undefined>(undefined);
  const about = test.about.value;
  const from = test.checkpoints.value.find(({ name }) => name === START)?.time;
  const now = test.time.value;
  if (about === undefined || from === undefined || now === undefined) return null;
  const pair = pairsOf(about)[0];
  const isProportional = drive.controller.value.kind === "proportional";
  const other: Controller =
    isProportional || pair === undefined
      ? { kind: "built-in" }
      : { kind: "proportional", gain: usualGain(pair.overwrite) };
  const progress = againProgress.value;
  const isBusy = progress !== undefined || drive.progress.value !== undefined;
  const start = async () => {
    problem.value = undefined;
    try {
      nameAfter(test.testid, drive.controller.peek());
      const testid = await runAgain(test, other);
      go({ view: "compare", testids: [test.testid, testid] });
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      problem.value = error.message;
    }
  };
  const others = knownTests.value.filter(
    ({ testid, testcaseid }) => testid !== test.testid && testcaseid === about.testcaseid,
  );
  return (
    <section class="card again" aria-labelledby="again">
      <h2 id="again">Compare</h2>
      <p class="hint">
        {now > from
          ? `Runs the same stretch again from its start with the ${CONTROLLERS[other.kind].name.toLowerCase()} controller, beside this test.`
          : "Run this test first: then another controller can do the same stretch."}
      </p>
      <div class="row">
        <button type="button" disabled={isBusy || now <= from} onClick={() => void start()}>
          Compare with {CONTROLLERS[other.kind].name.toLowerCase()}
        </button>
        {others.length > 0 && (
          <a
            href={linkTo({
              view: "compare",
              testids: [test.testid, ...others.slice(0, 2).map(({ testid }) => testid)],
            })}
          >
            Others
          </a>
        )}
      </div>
      {progress !== undefined && (
        <p class="progress" role="status">
          <progress value={progress} max={1} aria-label="How far the other controller has come" /> Running the other
          controller
        </p>
      )}
      <Problem text={problem.value} />
    </section>
  );
}
