import { prctl, systemCall } from "./system-call.ts";

const [SET_LIMIT, FILE_SIZE, DATA, CORE, DESCRIPTORS] = [160, 1, 2, 4, 7]; // setrlimit(2)
const [ON_PARENTS_DEATH, SET_DUMPABLE, SIGKILL] = [1, 4, 9];
const LARGEST_FILE = 256 * 2 ** 20;
const MOST_DESCRIPTORS = 256;
/** Node.js reserves some 600 MB, of which it uses a tenth. */
const HEADROOM = 1024 * 2 ** 20;

/** This process leaves no core file, writes no huge ones, opens few, takes little more memory than this (bytes), and ends with its parent. */
export function limitItself(memoryBytes: number): void {
  const limit = (which: number, value: number) =>
    systemCall(SET_LIMIT, which, Buffer.from(BigUint64Array.of(BigInt(value), BigInt(value)).buffer));
  limit(CORE, 0);
  limit(FILE_SIZE, LARGEST_FILE);
  limit(DESCRIPTORS, MOST_DESCRIPTORS);
  limit(DATA, memoryBytes + HEADROOM);
  prctl(ON_PARENTS_DEATH, SIGKILL);
}

/** Other processes of the same user cannot look into this one's memory and environment any more. */
export function hideFromOthers(): boolean {
  return process.platform === "linux" && prctl(SET_DUMPABLE, 0);
}
