import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { HOST } from "../../../infra/local/http/ports.ts";

/**
 * One raw connection to redis-server, for operations that the Redis REST server would slow down: filling a database, and
 * counting the time of commands on the server.
 */
export class Raw {
  readonly #socket: Socket;
  #buffered: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;

  constructor(port: number) {
    this.#socket = connect({ host: HOST, port });
    this.#socket.on("data", (chunk: Buffer) => {
      this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
      this.#wake?.();
    });
  }

  /** Sends bytes and waits for a reply of known length. @throws Error on an error reply */
  async exchange(request: Buffer, replyBytes: number): Promise<Buffer> {
    this.#socket.write(request);
    let received = 0;
    let first: Buffer = Buffer.alloc(0);
    while (received < replyBytes) {
      if (this.#buffered.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (received === 0) first = this.#buffered;
      received += this.#buffered.length;
      this.#buffered = Buffer.alloc(0);
      if (first[0] === 45) throw new Error(first.toString("utf8", 0, 200));
    }
    if (received > replyBytes) throw new Error(`redis-server answered ${received} bytes instead of ${replyBytes}`);
    return first;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** A command in Redis' protocol. */
export function encode(...words: readonly (string | number)[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join("")}`);
}

/** So many random UUIDs. */
export function uuids(count: number): string[] {
  return Array.from({ length: count }, () => randomUUID());
}
