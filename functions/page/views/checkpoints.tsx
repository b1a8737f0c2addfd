import { useSignal } from "@preact/signals";
import { api } from "../client/api.ts";
import { forkOf } from "../state/again.ts";
import type { Drive } from "../state/drive.ts";
import { moment } from "../state/format.ts";
import { type KnownTest, knownTests } from "../state/kept.ts";
import { go, linkTo } from "../state/route.ts";
import type { WatchedTest } from "../state/test.ts";

/** Moments that were kept: to go back to, or to branch off from; and the tests that have branched off. */
export function Checkpoints({ test, drive }: { test: WatchedTest; drive: Drive }) {
  const name = useSignal("");
  const { testid, checkpoints } = test;
  const isBusy = drive.progress.value !== undefined;
  const during = (work: () => Promise<void>) => void drive.during(work);
  const keep = (event: SubmitEvent) => {
    event.preventDefault();
    const chosen = name.value.trim() || `at-${Math.round((test.time.peek() ?? 0) / 3600)}h`;
    during(async () => {
      await api.makeCheckpoint(testid, chosen);
      name.value = "";
    });
  };
  const restore = (checkpoint: string) =>
    during(async () => {
      test.accept(await api.restore(testid, checkpoint));
      drive.hasEnded.value = false;
      test.start.value = undefined;
    });
  const fork = (checkpoint: string, at: number) =>
    during(async () => {
      go({ view: "test", testid: await forkOf(test, checkpoint, at, `From ${checkpoint}`), tab: "live" });
    });
  return (
    <details class="card checkpoints">
      <summary>Checkpoints and forks</summary>
      <form class="row" onSubmit={keep}>
        <label class="grow">
          <span class="unseen">Name of the checkpoint</span>
          <input
            value={name.value}
            placeholder="Name, as before-night"
            pattern="[A-Za-z0-9_\-][A-Za-z0-9._\-]{0,63}"
            onInput={(event) => (name.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={isBusy}>
          Keep
        </button>
      </form>
      <ul>
        {checkpoints.value.map((each) => (
          <li key={each.name}>
            <span class="grow">
              {each.name} <small>{moment(each.time)}</small>
            </span>
            <button
              type="button"
              class="quiet"
              disabled={isBusy}
              onClick={() => restore(each.name)}
              aria-label={`Go back to ${each.name}`}
            >
              Go back
            </button>
            <button
              type="button"
              class="quiet"
              disabled={isBusy}
              onClick={() => fork(each.name, each.time)}
              aria-label={`Fork from ${each.name}`}
            >
              Fork
            </button>
          </li>
        ))}
      </ul>
      <Family testid={testid} />
    </details>
  );
}

/** The tree of tests that this one belongs to, as far as this browser knows it. */
function Family({ testid }: { testid: string }) {
  const all = knownTests.value;
  let root = all.find((each) => each.testid === testid);
  for (let left = all.length; left > 0 && root?.parent !== undefined; left--) {
    const parent = all.find((each) => each.testid === root?.parent);
    if (parent === undefined) break;
    root = parent;
  }
  if (root === undefined || !all.some(({ parent }) => parent === root?.testid)) return null;
  return (
    <>
      <h3>Forks</h3>
      <ul class="tree">
        <Branch of={root} all={all} here={testid} />
      </ul>
    </>
  );
}

function Branch({ of, all, here }: { of: KnownTest; all: readonly KnownTest[]; here: string }) {
  const children = all.filter(({ parent }) => parent === of.testid);
  const name = of.label || of.testcaseid;
  return (
    <li>
      <a
        href={linkTo({ view: "test", testid: of.testid, tab: "live" })}
        aria-current={of.testid === here ? "page" : "false"}
      >
        {name}
      </a>{" "}
      <small>{of.forkedAt === undefined ? of.testid.slice(0, 8) : `from ${moment(of.forkedAt)}`}</small>
      {children.length > 0 && (
        <ul>
          {children.map((child) => (
            <Branch key={child.testid} of={child} all={all} here={here} />
          ))}
        </ul>
      )}
    </li>
  );
}
