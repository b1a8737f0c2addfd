import { type Body, type Burst, type Command, ENDPOINTS, type Manner } from "./commands.ts";
import type { Call, Rollout, Said } from "./history.ts";
import { call, persist } from "./http.ts";
import { type Carrier, sendMessages } from "./messages.ts";
import type { Service } from "./service.ts";

/** Sends commands: each by a call of its own, all at the same time; or as messages of one list. @throws Violation */
export async function sendAll(service: Service, testid: string, burst: Burst, by: Carrier | "calls"): Promise<Call[]> {
  service.tally(by, burst.length);
  if (by !== "calls") return await sendMessages(service, testid, burst, by);
  return await Promise.all(burst.map(([command, manner]) => send(service, testid, command, manner)));
}

/** Sends a command in the given manner. @throws Violation if a promised answer does not come */
export async function send(service: Service, testid: string, command: Command, manner: Manner): Promise<Call> {
  const { method, path: endpoint } = ENDPOINTS[command.method];
  const path = endpoint.replace("*", testid);
  const { body } = command;
  const { key, prefer } = manner;
  const headers = {
    ...(key === undefined ? {} : { "idempotency-key": key }),
    ...(prefer === undefined ? {} : { prefer }),
  };
  const sentMs = performance.now();
  let requestid: string | undefined;
  const onPromise = (location: string) => {
    requestid = /\/requests\/[^/]+\/([\d-]+)/.exec(location)?.[1] ?? requestid;
  };
  const answer =
    key === undefined
      ? await sendOnce(service, method, path, { body, headers, onPromise })
      : await service.patience.waitFor(`${method} ${path}`, (giveUp) =>
          persist(service.url, method, path, { body, headers, giveUp, onPromise }),
        );
  return {
    command,
    sentMs,
    endedMs: performance.now(),
    ...(requestid === undefined ? {} : { requestid }),
    ...(answer === undefined ? {} : { answer }),
    ...(service.setBacks.touch({ sentMs }) ? { isDoubtful: true } : {}),
  };
}

/** Waits for a promised answer. @returns undefined if the command's outcome is unknown */
async function sendOnce(
  { url, patience }: Service,
  method: string,
  path: string,
  options: {
    readonly body?: unknown;
    readonly headers: Readonly<Record<string, string>>;
    readonly onPromise?: (location: string) => void;
  },
): Promise<Said | undefined> {
  const heard = await patience.during(`${method} ${path}, sent once`, () => call(url, method, path, options));
  if (heard.kind === "answer") return heard.said;
  if (heard.kind === "unknown") return undefined;
  options.onPromise?.(heard.location);
  return await patience.waitFor(`GET ${heard.location}`, (giveUp) => persist(url, "GET", heard.location, { giveUp }));
}

/** Tries inputs. A rollout changes nothing, so that it is repeated until it is answered. */
export async function rollOut(
  service: Service,
  testid: string,
  inputs: readonly Body[],
  step: number,
): Promise<Rollout> {
  const path = `/rollout/${testid}`;
  const sentMs = performance.now();
  const answer = await service.patience.waitFor(`POST ${path}`, (giveUp) =>
    persist(service.url, "POST", path, { body: { inputs, step }, giveUp }),
  );
  return { inputs, step, sentMs, endedMs: performance.now(), answer };
}

/** Forks the test. @returns undefined if it is unknown whether the new test exists */
export async function fork(
  service: Service,
  testid: string,
  checkpoint: string | undefined,
  key: string | undefined,
): Promise<{ readonly sentMs: number; readonly endedMs: number; readonly answer: Said } | undefined> {
  const path = `/fork/${testid}`;
  const body = { count: 1, ...(checkpoint === undefined ? {} : { checkpoint }) };
  const sentMs = performance.now();
  const answer =
    key === undefined
      ? await sendOnce(service, "POST", path, { body, headers: {} })
      : await service.patience.waitFor(`POST ${path}`, (giveUp) =>
          persist(service.url, "POST", path, { body, headers: { "idempotency-key": key }, giveUp }),
        );
  return answer && { sentMs, endedMs: performance.now(), answer };
}
