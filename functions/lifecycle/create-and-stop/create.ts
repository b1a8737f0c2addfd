import { keys } from "../../platform/keys.ts";
import { again, type Redis, script } from "../../platform/redis.ts";
import { resultsWidth } from "../../results/width.ts";
import { FRESH_SCENARIO } from "../../simulation/scenario.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import { ANSWER_MS } from "../../streams/answer.ts";
import { backstopMs } from "../../streams/commit.ts";
import type { Idempotency } from "../../streams/enqueue.ts";
import { outcomeOf, UnexpectedReply } from "../../streams/reply.ts";
import source from "./create.lua";

const createScript = script(source);

export type Created =
  | { readonly kind: "created" | "repeated"; readonly testid: string; readonly requestid: string }
  | { readonly kind: "full"; readonly open: number }
  | { readonly kind: "conflict" };

/** Whose a test is. Tests without an account are held by the address that they came from. */
export interface Holder {
  readonly user: string;
  /** Stands for the address of an anonymous user. */
  readonly address?: string | undefined;
}

/** What a test begins with of its test case. */
export interface Selected {
  readonly testcaseid: string;
  readonly version: string;
  /** Whose package it is; '' of a built-in test case. */
  readonly owner: string;
  /** Step that a test has until it is set, s. */
  readonly step: number;
  /** What simulating costs, ms per s, and what results take, bytes per s. */
  readonly cost: number;
  readonly width: number;
}

/** What a test begins with of a test case. */
export function selectedOf(testcase: TestCase, owner = ""): Selected {
  return {
    testcaseid: testcase.id,
    version: testcase.version,
    owner,
    step: testcase.defaults.step,
    cost: testcase.emulator.cost,
    width: resultsWidth(testcase),
  };
}

/**
 * Creates a test, Queued, with the request that starts it: one round trip. The doorbell is the caller's to ring.
 *
 * @returns `repeated` with the first call's test if the user sent the same idempotency key before; `conflict` if that
 * was for something else; `full` if the holder has as many open tests as it may
 */
export async function createTest(
  redis: Redis,
  test: Holder & { readonly testid: string; readonly selected: Selected },
  options: {
    readonly nowMs: number;
    readonly idleMs: number;
    readonly idempotency?: Idempotency | undefined;
    /** Open tests that the holder may have. */
    readonly mostTests?: number;
  },
): Promise<Created> {
  const { testid, user, selected } = test;
  const ofTest = [
    keys.test(testid),
    keys.heldTests(test),
    keys.userTest(user, testid),
    keys.request(testid),
    keys.outstanding(testid),
    keys.active(testid),
    // Without a key no name that others share may be locked.
    options.idempotency === undefined ? keys.test(testid) : keys.selectIdempotency(user, options.idempotency.key),
  ];
  const details = [
    testid,
    user,
    selected.testcaseid,
    selected.version,
    selected.owner,
    options.nowMs,
    backstopMs(options.idleMs),
    selected.step,
    JSON.stringify(FRESH_SCENARIO),
    options.idempotency?.fingerprint ?? "",
    ANSWER_MS,
    selected.cost,
    selected.width,
    test.address ?? "",
    options.mostTests ?? "",
  ];
  // May be sent again: it recognizes the test id.
  const reply = await again(() => redis.run(createScript, ofTest, details));
  const [kind, first, second] = outcomeOf("create", reply);
  if (kind === "created") return { kind, testid, requestid: String(first) };
  if (kind === "repeated") return { kind, testid: String(first), requestid: String(second) };
  if (kind === "full") return { kind, open: Number(first) };
  if (kind === "conflict") return { kind };
  throw new UnexpectedReply("create");
}

/**
 * The test that the user made before under this idempotency key: one round trip, 2 commands. `conflict` if that was for
 * something else; undefined if the key is new.
 */
export async function findCreated(
  redis: Redis,
  user: string,
  { key, fingerprint }: Idempotency,
): Promise<Created | undefined> {
  const seen = await again(() => redis.command(["GET", keys.selectIdempotency(user, key)]));
  if (typeof seen !== "string") return undefined;
  const [testid = "", requestid = "", of] = seen.split(" ");
  return of === fingerprint ? { kind: "repeated", testid, requestid } : { kind: "conflict" };
}
