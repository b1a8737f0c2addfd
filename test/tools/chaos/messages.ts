import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import WebSocket from "ws";
import type { Burst, Command } from "./commands.ts";
import { type Call, type Said, Violation } from "./history.ts";
import { call, isDefinite, persist } from "./http.ts";
import type { Service } from "./service.ts";

/** How messages travel: as one `POST /batch`, or over a WebSocket of their own. */
export type Carrier = "batch" | "socket";

/** How long a client waits for answers over a WebSocket, ms: as long as for those of an HTTP call. */
const LIMIT_MS = 30_000;
const RETRY_MS = 100;

/** What was heard of messages, by their place in the list. */
type Heard = Map<number, Said>;

/** As messages name the commands. */
const methodOf = ({ method }: Command) => (method === "advance_many" ? "advance" : method);

/**
 * Sends commands to one test as messages. If one of them has a key, all have: then the client sends all of them again until
 * each is answered. Answers that it hears again must be the same.
 *
 * @throws Violation
 */
export async function sendMessages(service: Service, testid: string, burst: Burst, by: Carrier): Promise<Call[]> {
  const key = burst.map(([, manner]) => manner.key).find((each) => each !== undefined);
  const prefer = burst[0]?.[1].prefer;
  const messages = burst.map(([command], i) => ({
    requestid: String(i),
    testid,
    method: methodOf(command),
    params: command.body,
    ...(key !== undefined && by === "socket" ? { idempotency_key: `${key}-${i}` } : {}),
  }));
  const headers = {
    ...(key === undefined ? {} : { "idempotency-key": key }),
    ...(prefer === undefined ? {} : { prefer }),
  };
  const once = async (giveUp: () => boolean) =>
    by === "batch"
      ? await sendBatch(service, messages, headers, giveUp)
      : await sendOverSocket(service, messages, giveUp);
  const what = `${messages.length} messages to ${testid} (${by})`;
  const sentMs = performance.now();
  const isDoubtful = () => service.setBacks.touch({ sentMs });
  const told: Heard = new Map();
  let first: Heard | undefined;
  const hear = (heard: Heard) => {
    first ??= heard;
    for (const [i, said] of heard) {
      const before = told.get(i);
      if (before !== undefined && !isDeepStrictEqual(before, said) && !isDoubtful()) {
        throw new Violation(`${what}: message ${i} was answered ${before.text}, and under its key again ${said.text}`);
      }
      told.set(i, said);
    }
  };
  if (key === undefined) {
    hear(await service.patience.waitFor(what, (giveUp) => once(giveUp)));
  } else {
    await service.patience.waitFor(what, async (giveUp) => {
      for (;;) {
        hear(await once(giveUp));
        if (told.size === messages.length) return told;
        if (giveUp()) return undefined;
        await sleep(RETRY_MS);
      }
    });
  }
  const endedMs = performance.now();
  const calls: Call[] = [];
  for (const [i, [command]] of burst.entries()) {
    const answer = told.get(i);
    // What was answered at the first attempt has taken effect in the order of the list.
    const before = first?.has(i) && first.has(i - 1) ? calls[i - 1] : undefined;
    calls.push({
      command,
      sentMs,
      endedMs,
      ...(answer === undefined ? {} : { answer }),
      ...(before === undefined ? {} : { follows: before }),
      ...(isDoubtful() ? { isDoubtful: true } : {}),
    });
  }
  return calls;
}

/** @returns what is known of the messages; nothing of those that the service could not carry out, or may have lost */
async function sendBatch(
  { url, setBacks }: Service,
  body: readonly unknown[],
  headers: Readonly<Record<string, string>>,
  giveUp: () => boolean,
): Promise<Heard> {
  const sentMs = performance.now();
  const heard = await call(url, "POST", "/batch", { body, headers });
  if (heard.kind === "unknown") return new Map();
  const said = heard.kind === "answer" ? heard.said : await goOn(url, heard.location, giveUp);
  if (said === undefined) return new Map();
  if (said.status !== 200) {
    // A batch that takes longer is stored, and may be lost.
    if (setBacks.touch({ sentMs })) return new Map();
    throw new Violation(`a batch was answered ${said.status} ${said.text}`);
  }
  return await readAnswers(url, JSON.parse(said.text) as readonly Answer[], giveUp);
}

interface Answer {
  readonly responseid: string;
  readonly responsedata: {
    readonly status: number;
    readonly message: string;
    readonly url?: string;
    readonly poll?: string;
  };
}

async function goOn(url: string, location: string, giveUp: () => boolean): Promise<Said | undefined> {
  const place = location.includes("?") ? location : `${location}?wait=2`;
  return await persist(url, "GET", place, { giveUp });
}

async function readAnswers(url: string, answers: readonly Answer[], giveUp: () => boolean): Promise<Heard> {
  const heard: Heard = new Map();
  for (const { responseid, responsedata } of answers) {
    const { status, url: place } = responsedata;
    const said = { status, text: JSON.stringify(responsedata) };
    if (status === 303 && place !== undefined) {
      const large = await persist(url, "GET", place, { giveUp });
      if (large !== undefined) heard.set(Number(responseid), large);
    } else if (isDefinite(said)) heard.set(Number(responseid), said);
  }
  return heard;
}

/** The same over a WebSocket: each message is answered by itself, what takes long by the place of all answers. */
async function sendOverSocket(
  { url, setBacks }: Service,
  messages: readonly unknown[],
  giveUp: () => boolean,
): Promise<Heard> {
  const sentMs = performance.now();
  const answers = await converse(`${url.replace("http", "ws")}/ws`, messages);
  const places = new Set(answers.map(({ responsedata }) => responsedata.poll).filter((each) => each !== undefined));
  const heard = await readAnswers(
    url,
    answers.filter(({ responsedata }) => responsedata.poll === undefined),
    giveUp,
  );
  for (const place of places) {
    const said = await goOn(url, new URL(place, url).href.slice(url.length), giveUp);
    if (said === undefined) continue;
    if (said.status === 200) {
      for (const [i, each] of await readAnswers(url, JSON.parse(said.text) as readonly Answer[], giveUp)) {
        heard.set(i, each);
      }
    } else if (!setBacks.touch({ sentMs })) throw new Violation(`${place} was answered ${said.status} ${said.text}`);
  }
  return heard;
}

/** Sends a list over a connection of its own. @returns the answers that came before it broke, or the time was over */
async function converse(url: string, messages: readonly unknown[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  const socket = new WebSocket(url);
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, LIMIT_MS);
  socket.on("open", () => socket.send(JSON.stringify(messages)));
  socket.on("message", (data) => {
    const answer = JSON.parse(String(data)) as Partial<Answer>;
    // API Gateway's own word, about a function that failed: nothing is known of the messages that are not answered.
    if (answer.responsedata === undefined) return over.resolve();
    if (answers.push(answer as Answer) === messages.length) over.resolve();
  });
  socket.on("error", () => over.resolve());
  socket.on("close", () => over.resolve());
  await over.promise;
  clearTimeout(timer);
  socket.terminate();
  return answers;
}
