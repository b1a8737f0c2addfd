import { setTimeout as sleep } from "node:timers/promises";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";

/** A process that watches a test as so many open pages do: by the page's own code, without what draws it. */

export interface WatchOrder {
  readonly kind: "watch" | "stop";
  readonly url: string;
  readonly testid: string;
  readonly count: number;
}

const [{ text: CODE } = { text: "" }] = (
  await build({
    entryPoints: [new URL("../../../../../functions/page/state/test.ts", import.meta.url).pathname],
    bundle: true,
    format: "iife",
    globalName: "page",
    platform: "browser",
    write: false,
  })
).outputFiles;

interface PageState {
  watchTest(testid: string): Watched;
}
interface Watched {
  dispose(): void;
}

let watched: Watched[] = [];
let asked = 0;
let [waiting, unchanged] = [0, 0];

process.on("disconnect", () => process.exit());
process.on("message", (order: WatchOrder) => void (order.kind === "watch" ? watch(order) : stop()));

/** Answers when all have read everything, and find that the test rests. */
async function watch({ url, testid, count }: WatchOrder): Promise<void> {
  watched = Array.from({ length: count }, () => {
    const scope = createContext(browserOf(url));
    return (runInContext(`${CODE}; page`, scope) as PageState).watchTest(testid);
  });
  unchanged = 0;
  while (unchanged < 2 * count || waiting > 0) await sleep(50);
  asked = 0;
  process.send?.(0);
}

function stop(): void {
  for (const { dispose } of watched.splice(0)) dispose();
  process.send?.(asked);
}

/** What the page's state needs of a browser whose tab is to be seen. */
function browserOf(url: string): Record<string, unknown> {
  const noListener = () => {};
  return {
    document: { hidden: false, addEventListener: noListener, removeEventListener: noListener },
    addEventListener: noListener,
    removeEventListener: noListener,
    localStorage: { getItem: () => null, setItem: noListener, removeItem: noListener },
    ...{ setTimeout, clearTimeout, performance, AbortSignal, console },
    fetch: async (path: string, init: RequestInit) => {
      asked++;
      waiting++;
      try {
        const response = await fetch(`${url}/${path}`, init);
        if (response.status === 304) unchanged++;
        return response;
      } finally {
        waiting--;
      }
    },
  };
}
