import { useSignal } from "@preact/signals";
import { api } from "../client/api.ts";
import type { Drive } from "../state/drive.ts";
import { forget } from "../state/kept.ts";
import { go } from "../state/route.ts";
import type { WatchedTest } from "../state/test.ts";

/** Ends a test for good, for whoever says so twice. */
export function StopTest({ test, drive }: { test: WatchedTest; drive: Drive }) {
  const isAsked = useSignal(false);
  const isBusy = drive.progress.value !== undefined;
  const stop = async () => {
    const isStopped = await drive.during(async () => {
      await api.stop(test.testid);
      // Nothing more is asked about it.
      test.isGone.value = true;
    });
    isAsked.value = false;
    if (!isStopped) return;
    forget(test.testid);
    go({ view: "start" });
  };
  if (!isAsked.value) {
    return (
      <button type="button" class="quiet stop" disabled={isBusy} onClick={() => (isAsked.value = true)}>
        Stop this test …
      </button>
    );
  }
  return (
    <div class="problem ask" role="alertdialog" aria-labelledby="stop">
      <p id="stop">Stop this test for good? Its results and checkpoints are deleted. Its forks stay.</p>
      <div class="row">
        <button type="button" class="danger" disabled={isBusy} onClick={() => void stop()}>
          Stop it
        </button>
        <button type="button" ref={(button) => button?.focus()} onClick={() => (isAsked.value = false)}>
          Let it go on
        </button>
      </div>
    </div>
  );
}
