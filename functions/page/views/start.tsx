import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Scope } from "../client/api.ts";
import { Refused, Unreachable } from "../client/call.ts";
import { type About, type ListedTestcase, PRICES } from "../client/types.ts";
import { START } from "../state/again.ts";
import { duration } from "../state/format.ts";
import { account, forget, knownTests, remember } from "../state/kept.ts";
import { go, linkTo } from "../state/route.ts";
import { Facts } from "./facts.tsx";
import { NumberInput, Problem, Top } from "./parts.tsx";

interface Listed extends ListedTestcase {
  readonly scope: Scope | undefined;
  readonly about: About | undefined;
}

/** Between two looks whether uploads have been checked, ms. */
const LOOK_MS = 3000;

const testcases = signal<readonly Listed[] | undefined>(undefined);
const problem = signal<string | undefined>(undefined);

async function load(): Promise<void> {
  problem.value = undefined;
  const { user, key } = account.peek();
  const scopes: (Scope | undefined)[] = user !== "" && key !== "" ? [undefined, { user, key }] : [undefined];
  try {
    const lists = await Promise.all(scopes.map(listOf));
    testcases.value = lists.flat();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    problem.value = error.message;
  }
}

async function listOf(scope: Scope | undefined): Promise<Listed[]> {
  const listed = await api.testcases(scope).catch((error: unknown) => {
    // A user without private test cases is told that there are none.
    if (scope !== undefined && error instanceof Refused && error.status === 404) return [];
    throw error;
  });
  return await Promise.all(
    listed.map(async (each) => {
      const isReady = each.status === undefined || each.status === "ready";
      const about = isReady ? await api.aboutTestcase(each.testcaseid, scope).catch(() => undefined) : undefined;
      return { ...each, scope, about };
    }),
  );
}

/** Where a visit begins: the test cases, and the tests of this browser. */
export function Start() {
  useEffect(() => void load(), []);
  const isChecking = testcases.value?.some(({ status }) => status === "checking") ?? false;
  useEffect(() => {
    const timer = isChecking ? setInterval(() => document.hidden || void load(), LOOK_MS) : undefined;
    return () => clearInterval(timer);
  }, [isChecking]);
  return (
    <>
      <Top />
      <main class="start">
        <section class="hero">
          <h1 tabIndex={-1}>Try a controller on an emulated building</h1>
          <p>
            Choose a building, start a test, and let time go by. Drive it by hand or by a controller, watch
            temperatures, power and cost, and compare.
          </p>
        </section>
        <Problem text={problem.value} />
        <section aria-labelledby="cases">
          <h2 id="cases">Test cases</h2>
          <div class="cases">
            {testcases.value === undefined && problem.value === undefined && <p class="empty">Loading …</p>}
            {testcases.value?.map((each) => (
              <TestcaseCard key={`${each.scope?.user} ${each.testcaseid}`} testcase={each} />
            ))}
          </div>
        </section>
        <Recent />
        <Account />
      </main>
    </>
  );
}

function TestcaseCard({ testcase }: { testcase: Listed }) {
  const { testcaseid, about, status, reasons = [], scope } = testcase;
  return (
    <article class="card case">
      <header>
        <h3>{testcaseid}</h3>
        {scope !== undefined && <span class="tag">private</span>}
        {status === "checking" && <span class="tag">being checked</span>}
        {status === "refused" && <span class="tag bad">refused</span>}
      </header>
      {reasons.length > 0 && <Problem text="This upload cannot be used:" reasons={reasons} />}
      {about !== undefined && (
        <>
          <Facts about={about} />
          {about.remark !== undefined && <p class="hint">{about.remark}</p>}
          <StartForm about={about} scope={scope} />
        </>
      )}
    </article>
  );
}

const starting = signal<{ readonly id: string; readonly says: string } | undefined>(undefined);
const failed = signal<{ readonly id: string; readonly error: Refused | Unreachable } | undefined>(undefined);

function StartForm({ about, scope }: { about: About; scope: Scope | undefined }) {
  const id = `${scope?.user ?? ""} ${about.testcaseid}`;
  const isStarting = starting.value?.id === id;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    void start(id, about, scope, form);
  };
  const steps = [...new Set([60, 300, 900, 1800, 3600, about.defaults.step])].sort((one, other) => one - other);
  return (
    <form onSubmit={onSubmit}>
      <details>
        <summary>Options</summary>
        <div class="fields">
          <label>
            Period
            <select name="period">
              <option value="">Default start</option>
              {Object.entries(about.time_periods).map(([name, { start_time, final_time }]) => (
                <option key={name} value={name}>
                  {name.replaceAll("_", " ")} ({duration(final_time - start_time)})
                </option>
              ))}
            </select>
          </label>
          <label>
            Start, day of the year
            <NumberInput name="day" min="0" max="364" value={about.defaults.start_time / 86_400} />
          </label>
          <label>
            Warm-up, days
            <NumberInput name="warmup" min="0" max="365" value={about.defaults.warmup_period / 86_400} />
          </label>
          <label>
            Step
            <select name="step">
              {steps.map((step) => (
                <option key={step} value={step} selected={step === Math.max(900, about.defaults.step)}>
                  {duration(step)}
                </option>
              ))}
            </select>
          </label>
          <label>
            Electricity price
            <select name="price">
              {PRICES.map((price) => (
                <option key={price} value={price}>
                  {price.replace("_", " ")}
                </option>
              ))}
            </select>
          </label>
        </div>
        <p class="hint">A period has a start and a warm-up of its own, and an end.</p>
      </details>
      <button type="submit" class="main" disabled={starting.value !== undefined}>
        {isStarting ? "Starting …" : "Start a test"}
        <span class="unseen"> of {about.testcaseid}</span>
      </button>
      {isStarting && (
        <p class="progress" role="status">
          <progress aria-label="The test is being prepared" />
          {starting.value?.says}
        </p>
      )}
      {failed.value?.id === id && <Problem text={failed.value.error.message} reasons={reasonsOf(failed.value.error)} />}
    </form>
  );
}

function reasonsOf(error: Refused | Unreachable): readonly string[] {
  return error instanceof Refused ? error.reasons : [];
}

/** Starts a test as the form says, and shows it. Its first state is kept, so that others can begin at the same place. */
async function start(id: string, about: About, scope: Scope | undefined, form: FormData): Promise<void> {
  const value = (name: string) => String(form.get(name) ?? "");
  const says = (text: string) => {
    starting.value = { id, says: text };
  };
  failed.value = undefined;
  says("Selecting the test case …");
  try {
    const testid = await api.select(about.testcaseid, scope);
    const [startTime, warmup] = [Number(value("day")) * 86_400, Number(value("warmup")) * 86_400];
    const { start_time, warmup_period } = about.defaults;
    const price = value("price");
    if (value("period") !== "") {
      says("Simulating the week before the period …");
      await api.setScenario(testid, { electricity_price: price, time_period: value("period") });
    } else {
      if (startTime !== start_time || warmup !== warmup_period) {
        says("Simulating the warm-up …");
        await api.initialize(testid, startTime, warmup);
      }
      if (price !== "constant") await api.setScenario(testid, { electricity_price: price });
    }
    says("Setting the step …");
    await api.setStep(testid, Number(value("step")));
    await api.makeCheckpoint(testid, START);
    remember({ testid, testcaseid: about.testcaseid });
    go({ view: "test", testid, tab: "live" });
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    failed.value = { id, error };
  } finally {
    starting.value = undefined;
  }
}

function Recent() {
  const tests = knownTests.value;
  if (tests.length === 0) return null;
  return (
    <section aria-labelledby="recent">
      <h2 id="recent">Your tests</h2>
      <ul class="recent card">
        {tests.slice(0, 12).map(({ testid, testcaseid, label, seen }) => (
          <li key={testid}>
            <a href={linkTo({ view: "test", testid, tab: "live" })}>
              <b>{label || testcaseid}</b>
              {label !== "" && <span> {testcaseid}</span>}
            </a>
            <code>{testid.slice(0, 8)}</code>
            <time dateTime={new Date(seen).toISOString()}>{new Date(seen).toLocaleDateString()}</time>
            <button
              type="button"
              class="quiet"
              onClick={() => forget(testid)}
              aria-label={`Forget the test ${testid.slice(0, 8)}; it goes on`}
            >
              Forget
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Account() {
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    account.value = { user: String(form.get("user") ?? "").trim(), key: String(form.get("key") ?? "").trim() };
    void load();
  };
  return (
    <details class="account">
      <summary>Private test cases: sign in with an account's key</summary>
      <form onSubmit={onSubmit} class="fields">
        <label>
          Account
          <input name="user" autocomplete="username" defaultValue={account.value.user} />
        </label>
        <label>
          Key
          <input name="key" type="password" autocomplete="current-password" defaultValue={account.value.key} />
        </label>
        <button type="submit">Use this key</button>
      </form>
      <p class="hint">The key is kept in this browser. Leave both fields empty to forget it.</p>
    </details>
  );
}
