import { EmulatorError } from "./failure.ts";
import type { ModelChild, Outcome } from "./model-child.ts";
import type { EmulatorRequest } from "./protocol.ts";
import { Replaying, Target } from "./replay.ts";
import { decodeState, encodeState, kindOfState, LARGEST_STATE } from "./state.ts";

/**
 * Shares of a call's time limit. A replay stops at the first share, so that its last interval can end in time. If the replay
 * takes less than the second share, the step follows in the same call with the rest of the time.
 */
const [REPLAY_SHARE, AT_ONCE_SHARE] = [5 / 6, 1 / 3];

/** Has a request carried out by a process. @param isWarm its model stands at the request's state. Rejects with an `EmulatorError` */
export async function perform(child: ModelChild, request: EmulatorRequest, isWarm: boolean): Promise<Outcome> {
  const { work, limitMs } = request;
  if (work.kind === "initialize") return await child.order({ kind: "initialize", time: work.time }, undefined, limitMs);
  const { inputs, grid, from, to } = work;
  const bytes = stateOf(work);
  const order = { kind: "advance", inputs, grid, from, to } as const;
  const target = isWarm ? undefined : Target.of(bytes, request.package.model.inputs.length);
  if (target === undefined) return await child.order(order, isWarm ? undefined : bytes, limitMs);
  const tookMs = await replay(child, target, limitMs);
  return await child.order(order, undefined, limitMs, tookMs);
}

/**
 * Repeats a history, as far as the time allows.
 *
 * @returns the time taken, ms
 * @throws Replaying if there is too little time left for the step itself
 */
async function replay(child: ModelChild, target: Target, limitMs: number): Promise<number> {
  const hasBegun = child.position === undefined;
  const { intervals, tookMs } = await child.replay(target, REPLAY_SHARE * limitMs, limitMs);
  if (intervals >= target.intervals && tookMs <= AT_ONCE_SHARE * limitMs) return tookMs;
  // The next call finds this process by its position.
  child.release();
  throw new Replaying({ doneSeconds: target.seconds(intervals), ofSeconds: target.seconds(), hasBegun });
}

/** The request; if it replays, with its history in place of its serialized state. @throws EmulatorError */
export function replaying(request: EmulatorRequest): EmulatorRequest {
  const { work } = request;
  if (work.kind !== "advance" || work.replays !== true) return request;
  return kindOfState(stateOf(work)) === "replay" ? request : withHistory(request, work, false);
}

/** @param becomesImage the state is kept as an image again, once it was replayed. @throws EmulatorError if the history is not known */
export function withHistory(
  request: EmulatorRequest,
  work: Extract<EmulatorRequest["work"], { kind: "advance" }>,
  becomesImage: boolean,
): EmulatorRequest {
  const { history, start } = decodeState(stateOf(work), LARGEST_STATE);
  if (history === null)
    throw new EmulatorError("state", "it is too long ago that it began: what was done with it since is not kept");
  const replay = { kind: "replay", start, history, becomesImage } as const;
  const state = base64(encodeState(replay, request.package.model.inputs.length));
  return { ...request, work: { ...work, state } };
}

const states = new WeakMap<{ readonly state: string }, Buffer>();

/** The state that a request brings: decoded once, for it may be large and is looked at more than once. */
export function stateOf(work: { readonly state: string }): Buffer {
  const state = states.get(work) ?? Buffer.from(work.state, "base64");
  states.set(work, state);
  return state;
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
