import { effect, type Signal, signal } from "@preact/signals";
import { commands } from "../client/commands.ts";

/** Before the name of whatever this page keeps. */
const PREFIX = "boptest:";

/** A browser keeps some megabytes for a page: what is longer is not kept. */
const MAX_CHARACTERS = 300_000;

/** Between a change and its being written, ms; at once when the page is left. */
const WRITE_MS = 300;

/** What is kept, by its name: whoever asks for it again gets the same. */
const signals = new Map<string, Signal<unknown>>();

/** Signals that have changed since they were written. Some change with each frame. */
const unwritten = new Map<string, Signal<unknown>>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** A signal whose value this browser keeps, so that a reload loses nothing. */
export function kept<T>(name: string, initial: T): Signal<T> {
  const known = signals.get(name) as Signal<T> | undefined;
  if (known !== undefined) return known;
  const made = signal(initial);
  keep(name, made);
  return made;
}

/** Has this browser keep a signal's value. */
function keep<T>(name: string, value: Signal<T>): void {
  signals.set(name, value as Signal<unknown>);
  try {
    take(value, localStorage.getItem(PREFIX + name));
  } catch {
    // Nothing is kept where the browser lets nothing be kept.
  }
  let isFirst = true;
  effect(() => {
    void value.value;
    if (!isFirst) unwritten.set(name, value as Signal<unknown>);
    isFirst = false;
    timer ??= setTimeout(write, WRITE_MS);
  });
}

function write(): void {
  clearTimeout(timer);
  timer = undefined;
  for (const [name, value] of unwritten) {
    const text = JSON.stringify(value.peek());
    try {
      if (text.length > MAX_CHARACTERS) localStorage.removeItem(PREFIX + name);
      else localStorage.setItem(PREFIX + name, text);
    } catch {
      // Nothing is kept, as above.
    }
  }
  unwritten.clear();
}
addEventListener("pagehide", write);

function take<T>(into: Signal<T>, text: string | null): void {
  if (text !== null) into.value = JSON.parse(text) as T;
}

/** What another tab of this browser keeps counts here, too. */
addEventListener("storage", ({ key, newValue }) => {
  const changed = key?.startsWith(PREFIX) ? signals.get(key.slice(PREFIX.length)) : undefined;
  if (changed !== undefined) take(changed, newValue);
});

keep("commands", commands);

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

/** Puts a test at the front. What was known of it stays, unless it is said anew; the oldest is forgotten. */
export function remember(test: Partial<KnownTest> & Pick<KnownTest, "testid" | "testcaseid">): void {
  const before = knownTests.peek().find(({ testid }) => testid === test.testid);
  const others = knownTests.peek().filter((each) => each !== before);
  const all = [{ label: "", ...before, ...test, seen: Date.now() }, ...others];
  knownTests.value = all.slice(0, MAX_TESTS);
  for (const each of all.slice(MAX_TESTS)) forget(each.testid);
}

/** Forgets a test, and all that is kept of it. */
export function forget(testid: string): void {
  knownTests.value = knownTests.peek().filter((each) => each.testid !== testid);
  commands.value = Object.fromEntries(Object.entries(commands.peek()).filter(([id]) => id !== testid));
  for (const name of [...signals.keys()].filter((each) => each.endsWith(`:${testid}`))) {
    signals.delete(name);
    unwritten.delete(name);
  }
  try {
    for (const key of Object.keys(localStorage)) if (key.endsWith(`:${testid}`)) localStorage.removeItem(key);
  } catch {
    // As above.
  }
}

export function relabel(testid: string, label: string): void {
  knownTests.value = knownTests.peek().map((each) => (each.testid === testid ? { ...each, label } : each));
}

export function knownTest(testid: string): KnownTest | undefined {
  return knownTests.value.find((each) => each.testid === testid);
}

/** The account of this browser's user, if there is one: it has private test cases, and may upload. */
export const account = kept<{ readonly user: string; readonly key: string }>("account", { user: "", key: "" });
