/** The order in which a verification jumps between hours: both functions are pure, and give equal lists for equal ones. */

/** Up to `most` items from all over a list, in no order. */
export function scattered<T>(list: readonly T[], most: number): T[] {
  const count = Math.min(most, list.length);
  const chosen = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * list.length) / count));
  // Steps of the golden section reach all parts of a list, and none twice.
  return chosen
    .map((index, i) => ({ index, rank: ((i + 1) * 0.618_033_988_749_895) % 1 }))
    .sort((one, two) => one.rank - two.rank)
    .flatMap(({ index }) => list.slice(index, index + 1));
}

/** Takes items of both lists in turn. What is left of the longer list comes at the end. */
export function interleaved<T>(one: readonly T[], two: readonly T[]): T[] {
  return Array.from({ length: Math.max(one.length, two.length) }, (_, i) => [
    ...one.slice(i, i + 1),
    ...two.slice(i, i + 1),
  ]).flat();
}
