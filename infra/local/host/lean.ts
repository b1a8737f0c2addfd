/**
 * One machine that runs everything has less memory to waste than Lambda, where each process has its own: by itself glibc
 * would keep an arena for each thread, which made 20 MB of a process's 80.
 */
export const LEAN_ENVIRONMENT = { MALLOC_ARENA_MAX: "1" };

/**
 * Options for Node by which a process's heap does not grow as the whole machine would allow.
 *
 * @param memoryMb what the process may take, MB; 0 for no limit
 */
export function leanly(memoryMb: number): string[] {
  return ["--max-semi-space-size=2", ...(memoryMb > 0 ? [`--max-old-space-size=${Math.round(memoryMb / 2)}`] : [])];
}
