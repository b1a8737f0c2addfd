import { connect, createServer, type Server, type Socket } from "node:net";
import { HOST, listen } from "../http/ports.ts";

/** A TCP port that leads to another one, and holds back everything that comes from there for a while. */
export class DelayedPipe {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  private constructor(targetPort: number, delayMs: number) {
    this.#server = createServer((client) => {
      const target = connect({ host: HOST, port: targetPort });
      for (const socket of [client, target]) this.#keep(socket);
      client.pipe(target);
      // Timers of one length fire in the order in which they were set: the bytes stay in theirs.
      target.on("data", (chunk) => setTimeout(() => client.destroyed || client.write(chunk), delayMs));
      for (const [one, other] of [
        [client, target],
        [target, client],
      ] as const) {
        one.on("close", () => other.destroy());
      }
    });
  }

  /** @param delayMs how long what comes from the target is held back */
  static async start(targetPort: number, delayMs: number): Promise<DelayedPipe> {
    const pipe = new DelayedPipe(targetPort, delayMs);
    pipe.#port = await listen(pipe.#server, 0, "a free port");
    return pipe;
  }

  get port(): number {
    return this.#port;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
