/**
 * Reads the heads of the frames that a client sends (RFC 6455, 5.2), and no contents: the package `ws` joins frames to
 * messages, and knows no limit for one frame.
 */
export class FrameHeads {
  readonly #maxBytes: number;
  #head = Buffer.alloc(0);
  /** Bytes of the frame under way that are still to come. */
  #left = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @returns whether a frame has begun in these bytes that is larger than allowed */
  read(bytes: Buffer): boolean {
    let rest = bytes;
    while (rest.length > 0) {
      const skipped = Math.min(this.#left, rest.length);
      this.#left -= skipped;
      rest = rest.subarray(skipped);
      if (rest.length === 0) return false;
      this.#head = Buffer.concat([this.#head, rest]);
      const frame = readHead(this.#head);
      if (frame === undefined) return false;
      if (frame.payload > this.#maxBytes) return true;
      rest = this.#head.subarray(frame.head);
      this.#left = frame.payload;
      this.#head = Buffer.alloc(0);
    }
    return false;
  }
}

/** The bytes of a frame's head and of what follows; undefined if not all of the head is there. */
function readHead(bytes: Buffer): { readonly head: number; readonly payload: number } | undefined {
  const second = bytes[1];
  if (second === undefined) return undefined;
  const isMasked = (second & 0x80) !== 0;
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const head = 2 + lengthBytes + (isMasked ? 4 : 0);
  if (bytes.length < head) return undefined;
  if (lengthBytes === 0) return { head, payload: short };
  return { head, payload: lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)) };
}
