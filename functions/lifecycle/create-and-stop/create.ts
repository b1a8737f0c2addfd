import { keys } from "../../platform/keys.ts";
import { again, type Redis, script } from "../../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../../platform/reply.ts";
import { resultsWidth } from "../../results/width.ts";
import { FRESH_SCENARIO } from "../../simulation/scenario.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import { ANSWER_MS } from "../../streams/answer.ts";
import { backstopMs } from "../../streams/commit.ts";
import type { Idempotency } from "../../streams/enqueue.ts";
import source from "./create.lua";

const createScript = script(source);

export type Created =
  | { readonly kind: "created" | "repeated"; readonly testid: string; readonly requestid: string }
  | { readonly kind: "full"; readonly open: number }
  | { readonly kind: "conflict" };

/** The holder of a test: its user. Anonymous tests are counted by the address that they came from. */
export interface Holder {
  readonly user: string;
  /** Stands for the address of an anonymous user. */
  readonly address?: string | undefined;
}

/** The fields of a new test that follow from its test case. */
export interface Selected {
  readonly testcaseid: string;
  readonly version: string;
  /** Owner of the package; '' for a built-in test case. */
  readonly owner: string;
  /** Default step, s. */
  readonly step: number;
  /** Computing time, ms per simulated second, and size of the results, bytes per simulated second. */
  readonly cost: number;
  readonly width: number;
}

/** The fields of a new test on a test case. */
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
 * Creates a test, Queued, with the request that starts it: one round trip. The caller must ring the doorbell.
 *
 * @returns `repeated` with the first call's test if the user sent the same idempotency key before; `conflict` if it was
 * for another request; `full` if the holder has the most open tests that it may have
 */
export async function createTest(
  redis: Redis,
  test: Holder & { readonly testid: string; readonly selected: Selected },
  options: {
    readonly nowMs: number;
    readonly idleMs: number;
    readonly idempotency?: Idempotency | undefined;
    /** Most open tests of the holder. */
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
    // Without a key this is a key of the test: keys that others share must not be locked.
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
  // Repeatable: the script recognizes the test id.
  const reply = await again(() => redis.run(createScript, ofTest, details));
  const [kind, first, second] = outcomeOf("create", reply);
  if (kind === "created") return { kind, testid, requestid: String(first) };
  if (kind === "repeated") return { kind, testid: String(first), requestid: String(second) };
  if (kind === "full") return { kind, open: Number(first) };
  if (kind === "conflict") return { kind };
  throw new UnexpectedReply("create");
}

/**
 * The test that the user created before under this idempotency key: one round trip, 2 commands. `conflict` if the key was
 * used for another request; undefined if it is new.
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
