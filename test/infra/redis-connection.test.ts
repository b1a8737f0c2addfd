import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { Connection } from "../../infra/local/redis/connection.ts";

/** How long the server guesses that loading takes, s. */
const GUESS_SECONDS = 10;

/** Says once that it loads its file and how long that will take, which is not true; from then on, that it is ready. */
async function serverThatGuesses(): Promise<number> {
  let asked = 0;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => {
      const info = asked++ === 0 ? `loading:1\r\nloading_eta_seconds:${GUESS_SECONDS}\r\n` : "loading:0\r\n";
      socket.write(`$${info.length}\r\n${info}\r\n`);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

it("uses a server as soon as its file is loaded, whatever the server had guessed", async () => {
  const connection = new Connection(await serverThatGuesses());
  onTestFinished(() => connection.close());
  const first = await Promise.race([
    connection.ready().then(() => "ready"),
    sleep((GUESS_SECONDS * 1000) / 2, "waits for what was guessed"),
  ]);
  expect(first).toBe("ready");
});
