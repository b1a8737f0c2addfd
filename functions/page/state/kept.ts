import { effect, type Signal, signal } from "@preact/signals";

/** A signal whose value this browser keeps, so that a reload loses nothing. */
export function kept<T>(name: string, initial: T): Signal<T> {
  const key = `boptest:${name}`;
  let value = initial;
  try {
    const text = localStorage.getItem(key);
    if (text !== null) value = JSON.parse(text) as T;
  } catch {
    // Nothing is kept where the browser lets nothing be kept.
  }
  const kept = signal(value);
  let isFirst = true;
  effect(() => {
    const text = JSON.stringify(kept.value);
    if (!isFirst) {
      try {
        localStorage.setItem(key, text);
      } catch {
        // As above.
      }
    }
    isFirst = false;
  });
  return kept;
}

/** A test that this browser has started or looked at. */
export interface KnownTest {
  readonly testid: string;
  readonly testcaseid: string;
  /** What its user calls it, such as the controller's name. */
  readonly label: string;
  /** The test that it was forked from. */
  readonly parent?: string;
  /** s, of the test's clock, where it was forked. */
  readonly forkedAt?: number;
  /** ms */
  readonly seen: number;
}

const MAX_TESTS = 60;

/** Newest first. */
export const knownTests = kept<readonly KnownTest[]>("tests", []);

/** Puts a test at the front. What was known of it stays, unless it is said anew. */
export function remember(test: Partial<KnownTest> & Pick<KnownTest, "testid" | "testcaseid">): void {
  const before = knownTests.peek().find(({ testid }) => testid === test.testid);
  const others = knownTests.peek().filter((each) => each !== before);
  knownTests.value = [{ label: "", ...before, ...test, seen: Date.now() }, ...others].slice(0, MAX_TESTS);
}

export function forget(testid: string): void {
  knownTests.value = knownTests.peek().filter((each) => each.testid !== testid);
}

export function relabel(testid: string, label: string): void {
  knownTests.value = knownTests.peek().map((each) => (each.testid === testid ? { ...each, label } : each));
}

export function knownTest(testid: string): KnownTest | undefined {
  return knownTests.value.find((each) => each.testid === testid);
}

/** The account of this browser's user, if there is one: it has private test cases, and may upload. */
export const account = kept<{ readonly user: string; readonly key: string }>("account", { user: "", key: "" });
