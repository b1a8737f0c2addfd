/**
 * Here one machine runs all processes, so each should use little memory. By default glibc keeps an arena for each
 * thread; that was 20 of the 80 MB of a process.
 */
export const LEAN_ENVIRONMENT = { MALLOC_ARENA_MAX: "1" };

/**
 * Options with which Node does not size a process's heap for the whole machine.
 *
 * @param memoryMb memory limit of the process, MB; 0 for no limit
 */
export function leanly(memoryMb: number): string[] {
  return ["--max-semi-space-size=2", ...(memoryMb > 0 ? [`--max-old-space-size=${Math.round(memoryMb / 2)}`] : [])];
}
