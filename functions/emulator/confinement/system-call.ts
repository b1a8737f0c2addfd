import koffi from "../native.ts";

type Argument = number | bigint | Uint8Array | null;

const WORD = "intptr_t";

/** System calls of x86-64 Linux by their number: one prototype for each mix of numbers and addresses. */
const prototypes = new Map<string, (...args: readonly unknown[]) => number>();

/** Makes a system call. What it returns; -1 if it failed. Buffers are passed by their address. */
export function systemCall(number: number, ...args: readonly Argument[]): number {
  const types = args.map((each) => (each instanceof Uint8Array ? "void *" : WORD));
  const key = types.join();
  let call = prototypes.get(key);
  if (call === undefined) {
    const libc = koffi.load("libc.so.6");
    call = libc.func("syscall", "long", [WORD, ...types]) as (...args: readonly unknown[]) => number;
    prototypes.set(key, call);
  }
  return call(number, ...args.map((each) => each ?? 0));
}

const [PRCTL, FCNTL, SET_FLAGS] = [157, 72, 2];
const [CLOSE_RANGE, WHEN_EXECUTING] = [436, 4];

/** prctl(2). */
export function prctl(option: number, value: number): boolean {
  return systemCall(PRCTL, option, value, 0, 0, 0) === 0;
}

/** Of this process' descriptors the first `count` stay open when it executes a program, and no others, whoever opened them. */
export function passOnOnly(count: number): void {
  systemCall(CLOSE_RANGE, count, 0xffffffff, WHEN_EXECUTING);
  // Node.js marks those that it is given as not to be passed on.
  for (let descriptor = 0; descriptor < count; descriptor++) systemCall(FCNTL, descriptor, SET_FLAGS, 0);
}
