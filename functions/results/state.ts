import { createHash } from "node:crypto";
import { Memory } from "../cache/memory.ts";
import { type Objects, objectKeys } from "../platform/objects.ts";

/** A state that is longer than this as text is an object of its own: what every claim and commit carries stays small. */
export const INLINE_STATE_BYTES = 64 * 1024;

/** What a reference to such an object begins with. No base64 does. */
export const REFERENCE = "object:";

/** States that this process has read or written: whoever takes a test's next step often took the one before. */
const memory = new Memory(32 * 1024 * 1024);

/** The object of a state is not there any more: everybody has left its lineage. */
export class StateGone extends Error {
  override readonly name = "StateGone";
}

/** Where the states of emulators are kept, for whoever saves a snapshot or goes on from one. Both are text. */
export interface States {
  /** A state, in base64, as it is to be saved: itself, or a reference to the object that holds it now. */
  store(state: string): Promise<string>;
  /** The reverse. @throws StateGone; Error if what is there is not what was written */
  load(stored: string): Promise<string>;
}

/**
 * Keeps large states as create-only objects among the segments of a lineage, and collected like these. The key follows
 * from the content, so computing a step again after a crash finds what was written before.
 */
export function statesIn(objects: Pick<Objects, "create" | "read">, lineage: string): States {
  return {
    store: async (state) => {
      if (state.length <= INLINE_STATE_BYTES) return state;
      const bytes = Buffer.from(state, "base64");
      const key = objectKeys.segment(lineage, hashOf(bytes));
      // Even if it is known that there was one: it may have been collected since.
      await objects.create(key, bytes);
      memory.set(key, bytes);
      return REFERENCE + key;
    },
    load: async (stored) => {
      const key = stateKey(stored);
      if (key === undefined) return stored;
      const bytes = memory.get(key) ?? (await objects.read(key));
      if (bytes === undefined) throw new StateGone(`The state ${key} is gone`);
      if (!key.endsWith(`/${hashOf(bytes)}`)) throw new Error(`The state ${key} is damaged`);
      memory.set(key, bytes);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
    },
  };
}

/** The S3 key of a state that is an object, or undefined of one that is here itself. */
export function stateKey(stored: string): string | undefined {
  return stored.startsWith(REFERENCE) ? stored.slice(REFERENCE.length) : undefined;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
