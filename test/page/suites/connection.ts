import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { type Scene, untilTime } from "../support/scene.ts";

/** A way to the service that can be cut: the server behind goes on. */
class Way {
  readonly #sockets = new Set<Socket>();
  readonly #to: number;
  #server: Server | undefined;
  #port = 0;

  constructor(to: number) {
    this.#to = to;
  }

  async open(): Promise<string> {
    this.#server = createServer((client) => {
      const service = connect(this.#to, "127.0.0.1");
      for (const socket of [client, service]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => this.#sockets.delete(socket));
      }
      client.pipe(service).pipe(client);
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.#port}`;
  }

  cut(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

export function connection({ call, cloud, open, selectTest, wrong }: Scene): void {
  describe("a service that goes away", () => {
    let way: Way | undefined;
    afterAll(() => way?.cut());

    it("is said to be away, and the page goes on by itself when it is back", async () => {
      way = new Way(Number(new URL(cloud().url).port));
      const url = await way.open();
      const testid = await selectTest();
      const page = await open(`/#/tests/${testid}`, {}, url);
      await untilTime(page, 0);
      await page.getByRole("button", { name: "Step 1 min" }).waitFor();
      way.cut();
      await page.getByText(/^Connection lost/).waitFor();
      await page.getByRole("button", { name: /^Step/ }).click();
      await page.getByText(/^The service cannot be reached/).waitFor();
      await call("POST", `/advance/${testid}`, { body: {} });
      await way.open();
      await untilTime(page, 60);
      await page.getByText(/^Connection lost/).waitFor({ state: "detached" });
      // The browser itself notes each call that came to nothing.
      for (const each of wrong()) {
        expect(each.filter((line) => !/net::ERR_/.test(line))).toEqual([]);
        each.length = 0;
      }
    });
  });
}
