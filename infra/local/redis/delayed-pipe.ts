import { connect, createServer, type Server, type Socket } from "node:net";
import { HOST, listen } from "../http/ports.ts";

/** A TCP port that leads to another one, and delays all data that come from there. */
export class DelayedPipe {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  private constructor(targetPort: number, delayMs: number) {
    this.#server = createServer((client) => {
      const target = connect({ host: HOST, port: targetPort });
      for (const socket of [client, target]) this.#keep(socket);
      client.pipe(target);
      // Timers of equal length fire in the order in which they were set, so that the bytes keep their order.
      target.on("data", (chunk) => setTimeout(() => client.destroyed || client.write(chunk), delayMs));
      for (const [one, other] of [
        [client, target],
        [target, client],
      ] as const) {
        one.on("close", () => other.destroy());
      }
    });
  }

  /** @param delayMs delay of the data from the target */
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
