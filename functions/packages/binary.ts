/** The first bytes of a compiled library tell its platform: so many are needed. */
export const BINARY_HEAD_BYTES = 20;

const ELF = 0x7f454c46;
/** ELF's numbers of a shared object, and of processors. */
const SHARED_OBJECT = 3;
const X86_64 = 62;
const PROCESSORS: Readonly<Record<number, string>> = {
  3: "32-bit x86",
  40: "32-bit ARM",
  62: "x86-64",
  183: "64-bit ARM",
  243: "RISC-V",
};

/** First bytes of other formats: of macOS (both byte orders, and several processors in one file), and of archives. */
const MAGIC: Readonly<Record<string, string>> = {
  feedface: "a library for macOS",
  feedfacf: "a library for macOS",
  cefaedfe: "a library for macOS",
  cffaedfe: "a library for macOS",
  cafebabe: "a library for macOS",
  "213c6172": "a static library",
};

/**
 * Says what a file is instead of a shared library for x86-64 Linux, as the end of "… is". Undefined if it is such a library.
 * @param head the file's first `BINARY_HEAD_BYTES` bytes, or all if it has fewer
 */
export function otherBinary(head: Buffer): string | undefined {
  if (head.length < BINARY_HEAD_BYTES) return `a file of ${head.length} bytes`;
  const magic = head.readUInt32BE(0);
  if (magic !== ELF) {
    if (head.toString("latin1", 0, 2) === "MZ") return "a library for Windows";
    return MAGIC[head.toString("hex", 0, 4)] ?? "no compiled library";
  }
  const read = head[5] === 2 ? () => head.readUInt16BE(18) : () => head.readUInt16LE(18);
  const machine = read();
  if (head[4] !== 2 || head[5] !== 1 || machine !== X86_64) {
    return `compiled for ${PROCESSORS[machine] ?? `another processor (ELF machine ${machine})`}`;
  }
  const type = head.readUInt16LE(16);
  return type === SHARED_OBJECT ? undefined : `an ELF file of another type (${type}) than a shared library`;
}
