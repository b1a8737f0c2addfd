/**
 * Here one machine runs all processes, so each should use little memory. By default glibc keeps an arena for each
 * thread; that was 20 of the 80 MB of a process.
 */
export const LEAN_ENVIRONMENT = { MALLOC_ARENA_MAX: "1" };

/** MB for each half of a heap's new objects. */
const NEW_MB = 2;

/**
 * Options with which Node does not size a process's heap for the whole machine.
 *
 * @param memoryMb memory limit of the process, MB; 0 for no limit
 * @param newMb for each half of the heap's new objects; the process takes up to three times as much
 */
export function leanly(memoryMb: number, newMb = NEW_MB): string[] {
  return [
    `--max-semi-space-size=${newMb}`,
    ...(memoryMb > 0 ? [`--max-old-space-size=${Math.round(memoryMb / 2)}`] : []),
  ];
}
