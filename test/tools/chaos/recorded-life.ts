import type { Body, Command } from "./commands.ts";
import type { Call, Entry, Fork, Life, Remains, Rollout } from "./history.ts";
import { Undisturbed } from "./undisturbed.ts";

const TESTID = "10000000-0000-4000-8000-000000000000";

/** The record of a test's life with a correct service, command by command, a second apart. */
export class RecordedLife {
  readonly #testid: string;
  readonly #test: Undisturbed;
  readonly #calls: Call[] = [];
  readonly #rollouts: Rollout[] = [];
  readonly #forks: Fork[] = [];
  readonly #entries: Entry[];
  #nowMs = 0;

  private constructor(testid: string, test: Undisturbed, entries: Entry[]) {
    this.#testid = testid;
    this.#test = test;
    this.#entries = entries;
  }

  static async begin(): Promise<RecordedLife> {
    const start: Entry = { id: "1000-0", status: 200, text: JSON.stringify({ testid: TESTID }) };
    return new RecordedLife(TESTID, await Undisturbed.select("testcase1"), [start]);
  }

  /** A command that takes effect and is answered; `lost`: its client gets no reply. */
  async send(command: Command, heard: "promise" | "answer" | "lost" = "answer"): Promise<void> {
    const span = this.#span();
    const entry = await this.#answer(command);
    const { id: requestid, status, text } = entry;
    const answer = { status, text };
    const known = { promise: { requestid, answer }, answer: { answer }, lost: {} }[heard];
    this.#calls.push({ command, ...span, ...known });
  }

  /** Messages of one list, which are answered in its order, or in the wrong one. */
  async sendList(commands: readonly Command[], isSwapped = false): Promise<void> {
    const span = this.#span();
    const inOrder = isSwapped ? commands.toReversed() : commands;
    const answers = new Map<Command, Entry>();
    for (const command of inOrder) answers.set(command, await this.#answer(command));
    let follows: Call | undefined;
    for (const command of commands) {
      const { status, text } = answers.get(command) as Entry;
      const call = { command, ...span, answer: { status, text }, ...(follows === undefined ? {} : { follows }) };
      this.#calls.push(call);
      follows = call;
    }
  }

  /** Steps that a run takes by itself. */
  async takeSteps(first: number, last: number): Promise<void> {
    this.#span();
    const { oracle } = this.#test;
    const from = oracle.points.time;
    const there = oracle.copy();
    for (let step = first; step <= last; step++) await there.advance();
    const message = `The run has taken steps ${first} to ${last}, from ${from} s to ${there.points.time} s.`;
    const text = JSON.stringify({ status: 200, message, payload: null });
    this.#entries.push({ id: `${1000 + this.#nowMs}-${this.#entries.length}`, status: 200, text });
    await this.#test.carryOutOfRun(text);
  }

  /** A command that did not reach the service, while its client does not know. */
  loseOnTheWay(command: Command): void {
    this.#calls.push({ command, ...this.#span() });
  }

  /** A command that takes effect although no client sent it, or takes effect twice. */
  async answerAgain(command: Command): Promise<void> {
    this.#span();
    await this.#answer(command);
  }

  async rollOut(inputs: readonly Body[], step: number): Promise<void> {
    const { values, total } = await this.#test.rollOut(inputs, step);
    const text = JSON.stringify({ payload: { values, kpis: { total, rollout: {} } } });
    this.#rollouts.push({ inputs, step, ...this.#span(), answer: { status: 200, text } });
  }

  /** @param whole the fork's client: sends commands to it, and returns its record */
  async fork(checkpoint: string | undefined, whole: (fork: RecordedLife) => Promise<Life>): Promise<void> {
    const begin = this.#test.fork(checkpoint);
    const span = this.#span();
    const status = begin === undefined ? 404 : 200;
    const life = begin && (await whole(new RecordedLife(TESTID.replace("1", "2"), begin, [])));
    this.#forks.push({ checkpoint, ...span, answer: { status, text: "" }, life });
  }

  end(): Life {
    const { oracle } = this.#test;
    const names = Object.keys(oracle.points);
    const remains: Remains = {
      revision: this.#entries.length,
      entries: [...this.#entries],
      lineages: [],
      seenMs: 0,
      points: oracle.points,
      kpis: { ...oracle.kpis(), time_rat: 0.001 },
      step: oracle.step,
      scenario: oracle.scenario,
      results: Object.fromEntries(names.map((name) => [name, oracle.samples(name)])),
    };
    return {
      testid: this.#testid,
      testcaseid: "testcase1",
      calls: this.#calls,
      rollouts: this.#rollouts,
      forks: this.#forks,
      remains,
    };
  }

  #span() {
    this.#nowMs += 1000;
    return { sentMs: this.#nowMs, endedMs: this.#nowMs + 500 };
  }

  async #answer(command: Command): Promise<Entry> {
    const { status, payload } = await this.#test.carryOut(command);
    const messages: Partial<Record<Command["method"], string>> = {
      advance: "Advanced",
      advance_many: "Advanced",
      set_step: "The step is set.",
      checkpoint: "The checkpoint is made.",
      run: "The test runs by itself from here on.",
      pause: "The run is paused at some time.",
    };
    const text = JSON.stringify({ status, message: messages[command.method] ?? "", payload });
    const entry = { id: `${1000 + this.#nowMs}-${this.#entries.length}`, status, text };
    this.#entries.push(entry);
    return entry;
  }
}
