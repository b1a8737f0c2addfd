import { createHash } from "node:crypto";

/** Random numbers from a seed: the same seed gives the same numbers on every machine. */
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** lowest ≤ x < highest */
  between(lowest: number, highest: number): number;
  /** A whole number, lowest ≤ n ≤ highest. */
  whole(lowest: number, highest: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** A UUID in lower case, different from those of streams with other names. */
  uuid(): string;
}

/**
 * A stream of random numbers, named by its seed and purpose, so that one part's number of draws does not change the others:
 * the time of an event depends on the clock, the drawn numbers do not. (Mulberry32.)
 */
export function randomOf(...seed: readonly (string | number)[]): Random {
  let state = createHash("sha256").update(seed.join("/")).digest().readUInt32LE();
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  let uuids = 0;
  const whole = (lowest: number, highest: number) => lowest + Math.floor(next() * (highest - lowest + 1));
  return {
    next,
    between: (lowest, highest) => lowest + next() * (highest - lowest),
    whole,
    chance: (probability) => next() < probability,
    pick: (items) => items[whole(0, items.length - 1)] ?? items[0],
    uuid: () => {
      const hex = createHash("sha256")
        .update(`${seed.join("/")}/uuid/${uuids++}`)
        .digest("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
  };
}
