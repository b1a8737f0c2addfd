import koffi from "../native.ts";

/** An address in this process. */
export type Pointer = bigint;

const libc = koffi.load("libc.so.6");
const libm = koffi.load("libm.so.6");
const dlsym: (handle: null, name: string) => Pointer = libc.func("dlsym", "void *", ["void *", "str"]);

/** The address of a function of the C library: what `fmi2Instantiate` wants for allocating and freeing. */
export function addressOf(name: "calloc" | "free"): Pointer {
  return dlsym(null, name);
}

/** What the model prints is seen line by line, not when its process ends: it may be killed before. */
export function bufferOutputByLine(): void {
  const LINE_BUFFERED = 1;
  const setvbuf = libc.func("setvbuf", "int", ["void *", "void *", "int", "size_t"]);
  const stdout: unknown = koffi.decode(dlsym(null, "stdout"), "void *");
  setvbuf(stdout, null, LINE_BUFFERED, 4096);
}

const fesetenv: (environment: bigint) => number = libm.func("fesetenv", "int", ["intptr_t"]);
/** FE_DFL_ENV of x86-64: round to nearest, keep numbers near zero, signal nothing. */
const DEFAULT_ENVIRONMENT = -1n;

/** How this thread calculates, as when a process begins: a model may have changed that for whoever calculates after it. */
export function resetFloatingPoint(): void {
  fesetenv(DEFAULT_ENVIRONMENT);
}
