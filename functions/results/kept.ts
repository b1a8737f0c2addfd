import type { Checkpoint } from "../lifecycle/checkpoint.ts";
import { objectKeysOf, readSavedTest } from "../lifecycle/saved-test.ts";
import { type Bucket, type ObjectInfo, objectKeys } from "../platform/objects.ts";
import type { Named } from "./holders.ts";

/** What the checkpoints in a lineage keep: their own objects, and the segments and states that these name. Each is read once. */
export class Checkpoints {
  readonly #bucket: Bucket;
  readonly #lineage: string;
  readonly #read = new Map<string, readonly string[]>();

  constructor(bucket: Bucket, lineage: string) {
    this.#bucket = bucket;
    this.#lineage = lineage;
  }

  /** Those objects that none of the checkpoints keeps. @throws Error if one of them cannot be read: then it may keep any */
  async without(objects: readonly ObjectInfo[], { checkpoints }: Named): Promise<readonly ObjectInfo[]> {
    const kept = new Set<string>();
    for (const checkpoint of checkpoints) {
      if (checkpoint.lineage !== this.#lineage) continue;
      for (const key of await this.#keptBy(checkpoint)) kept.add(key);
    }
    return objects.filter(({ key }) => !kept.has(key));
  }

  async #keptBy(checkpoint: Checkpoint): Promise<readonly string[]> {
    const known = this.#read.get(checkpoint.hash);
    if (known !== undefined) return known;
    const saved = await readSavedTest(this.#bucket, checkpoint);
    if (saved === undefined) throw new Error(`The object of the checkpoint ${checkpoint.hash} is missing`);
    const keys = [objectKeys.segment(checkpoint.lineage, checkpoint.hash), ...objectKeysOf(saved)];
    this.#read.set(checkpoint.hash, keys);
    return keys;
  }
}
