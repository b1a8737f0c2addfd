import type { Checkpoint } from "../lifecycle/record/record.ts";
import { objectKeysOf, readSavedTest } from "../lifecycle/record/saved-test.ts";
import { type Bucket, type ObjectInfo, objectKeys } from "../platform/objects.ts";
import type { Named } from "./holders.ts";

/** The objects that the checkpoints in a lineage need. Each checkpoint is read once. */
export class CheckpointObjects {
  readonly #bucket: Bucket;
  readonly #lineage: string;
  readonly #read = new Map<string, readonly string[]>();

  constructor(bucket: Bucket, lineage: string) {
    this.#bucket = bucket;
    this.#lineage = lineage;
  }

  /**
   * The objects that no checkpoint needs.
   * @throws Error if a checkpoint cannot be read: it may need any of them
   */
  async without(objects: readonly ObjectInfo[], { checkpoints }: Named): Promise<readonly ObjectInfo[]> {
    const needed = new Set<string>();
    for (const checkpoint of checkpoints) {
      if (checkpoint.lineage !== this.#lineage) continue;
      for (const key of await this.#neededBy(checkpoint)) needed.add(key);
    }
    return objects.filter(({ key }) => !needed.has(key));
  }

  /** The checkpoint's own object, and the segments and states that it refers to. */
  async #neededBy(checkpoint: Checkpoint): Promise<readonly string[]> {
    const known = this.#read.get(checkpoint.hash);
    if (known !== undefined) return known;
    const saved = await readSavedTest(this.#bucket, checkpoint);
    if (saved === undefined) throw new Error(`The object of the checkpoint ${checkpoint.hash} is missing`);
    const keys = [objectKeys.segment(checkpoint.lineage, checkpoint.hash), ...objectKeysOf(saved)];
    this.#read.set(checkpoint.hash, keys);
    return keys;
  }
}
