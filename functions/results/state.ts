import { createHash } from "node:crypto";
import { Memory } from "../cache/memory.ts";
import { type Objects, objectKeys } from "../platform/objects.ts";

/** A longer state, in characters, becomes an object of its own, so that claims and commits stay small. */
export const INLINE_STATE_BYTES = 64 * 1024;

/** Prefix of a reference to such an object. Base64 text never begins with it. */
export const REFERENCE = "object:";

/** States that this process has read or written. The process that computes a step often computed the one before. */
const memory = new Memory(32 * 1024 * 1024);

/** The object of a state was deleted, because all tests have left its lineage. */
export class StateGone extends Error {
  override readonly name = "StateGone";
}

/** The object of a state is not what was saved: somebody has altered it. */
export class StateDamaged extends Error {
  override readonly name = "StateDamaged";
}

/** Stores and loads emulator states, which are base64 text. */
export interface States {
  /** Returns the text to save for a state: the state itself, or a reference to an object that now has it. */
  store(state: string): Promise<string>;
  /** The reverse. @throws StateGone; StateDamaged if the object does not match its hash */
  load(stored: string): Promise<string>;
}

/**
 * Keeps large states as create-only objects among the segments of a lineage; they are deleted like segments. The key
 * follows from the content, so a step that is repeated after a crash finds its state.
 */
export function statesIn(objects: Pick<Objects, "create" | "read">, lineage: string): States {
  return {
    store: async (state) => {
      if (state.length <= INLINE_STATE_BYTES) return state;
      const bytes = Buffer.from(state, "base64");
      const key = objectKeys.segment(lineage, hashOf(bytes));
      // Also if this process has created it before: it may have been deleted since.
      await objects.create(key, bytes);
      memory.set(key, bytes);
      return REFERENCE + key;
    },
    load: async (stored) => {
      const key = stateKey(stored);
      if (key === undefined) return stored;
      const bytes = memory.get(key) ?? (await objects.read(key));
      if (bytes === undefined) throw new StateGone(`The state ${key} is gone`);
      if (!key.endsWith(`/${hashOf(bytes)}`))
        throw new StateDamaged(`The state ${key} is damaged: its bytes do not match their hash`);
      memory.set(key, bytes);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
    },
  };
}

/** The S3 key if the text refers to an object; undefined if it is a state itself. */
export function stateKey(stored: string): string | undefined {
  return stored.startsWith(REFERENCE) ? stored.slice(REFERENCE.length) : undefined;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
