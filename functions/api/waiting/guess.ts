import { makeInlineExecute } from "../../lifecycle/execute-inline.ts";
import { readOnly } from "../../lifecycle/inline-objects.ts";
import { TAIL_BYTES } from "../../results/recorder.ts";
import type { TestFields } from "../../streams/claim.ts";
import { type Command, type Computed, isPlain, isSmall, type Offer, recordedBytes } from "../../streams/enqueue.ts";
import type { ApiContext } from "../context.ts";

/** Commands that change no more than fields and chunks, and read no objects for it. */
const GUESSED = new Set(["advance", "advance_with", "advance_many", "set_step", "set_inputs", "set_scenario"]);

/** A larger answer is sent once it is known to fit, characters. */
const MAX_CHARACTERS = 256 * 1024;

/** What a command comes to if its test is still as it is remembered. */
export interface Guess extends Computed {
  readonly tookMs: number;
}

/**
 * Carries a small command out on the test as this process remembers it, before it is sent: if it is still that test, the
 * command and its answer go to Redis in one round trip. Nothing is written here, and nothing of a guess may be told before
 * it is committed.
 *
 * @returns undefined where there is nothing to guess from, or the command is more than that
 */
export async function guess(
  context: ApiContext,
  testid: string,
  { method, params, arrivalMs }: Omit<Command, "nonce">,
  offer: Offer | undefined,
): Promise<Guess | undefined> {
  const { remembered, redis, bucket, catalog, config } = context;
  if (offer === undefined || !GUESSED.has(method)) return undefined;
  const test = remembered.recall(testid);
  if (!test?.stamp || !isSmall(test, offer) || isSegmentDue(test, offer)) return undefined;

  const startedAt = performance.now();
  const ms = () => performance.now() - startedAt;
  const execute = makeInlineExecute({ redis, objects: readOnly(bucket), catalog, clock: Date.now });
  // It gets its id when it is sent; what is computed does not depend on it.
  const request = { id: "", method, params, arrivalMs, deliveries: 1 };
  const claim = { testid, token: "", revision: Number(test.revision) };
  const breath = { breathe: async () => ms() >= config.computeMs };
  try {
    const outcome = await execute({ kind: "claimed", claim, request, test, progress: undefined }, breath);
    if (outcome.kind !== "answer" || outcome.answer.status >= 500) return undefined;
    const { answer, changes = {} } = outcome;
    if (!isPlain(changes) || answer.body.length > MAX_CHARACTERS) return undefined;
    return { test, answer, changes, nowMs: Date.now(), idleMs: config.idleMs, tookMs: ms() };
  } catch {
    // Whoever carries it out in earnest meets the same, and says so.
    return undefined;
  }
}

/** Whether the samples go into a segment with those before them. An object is written only for what is claimed. */
function isSegmentDue(test: TestFields, offer: Offer): boolean {
  return offer.seconds !== 0 && Math.max(Number(test.tail), recordedBytes(test, offer)) >= TAIL_BYTES;
}
