import { type Connection, MAX_MESSAGE_BYTES, postToConnection } from "../../platform/connections.ts";
import { log } from "../../platform/log.ts";
import type { Objects } from "../../platform/objects.ts";
import type { Item } from "../endpoints/batch/messages.ts";
import type { HttpError } from "../http/errors.ts";
import { storeAnswer } from "../http/stored-answer.ts";

/** Answers on their way to one client at a time. */
const AT_ONCE = 8;

/** Sends the answers of one call to the client of a WebSocket, each once. */
export class Answers {
  readonly #connection: Connection;
  readonly #objects: Objects;
  readonly #sent = new Set<Item>();
  /** The client has gone away: what it asked for takes effect all the same. */
  #isGone = false;

  constructor(connection: Connection, objects: Objects) {
    this.#connection = connection;
    this.#objects = objects;
  }

  /** Sends the answers that are there and have not been sent. Never throws: nobody could be told. */
  async send(items: readonly Item[]): Promise<void> {
    const due = items.filter((item) => item.answer !== undefined && !this.#sent.has(item));
    for (const item of due) this.#sent.add(item);
    const left = due[Symbol.iterator]();
    const sendOn = async () => {
      for (const { responseid, answer = "" } of left) await this.#send({ responseid }, answer);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
  }

  /** Answers a call in which no messages could be read. */
  async refuse({ status, message }: HttpError): Promise<void> {
    await this.#send(
      {},
      JSON.stringify({ status, message: status === 400 ? "Bad Request" : message, payload: message }),
    );
  }

  async #send(head: { readonly responseid?: unknown }, answer: string): Promise<void> {
    if (this.#isGone) return;
    const { connectionId } = this.#connection;
    try {
      const outcome = await postToConnection(this.#connection, await this.#fit(head, answer));
      if (outcome === "sent" || this.#isGone) return;
      this.#isGone = true;
      log("info", "A client of the WebSocket went away before its answer", { event: "socket_gone", connectionId });
    } catch (error) {
      const fields = { event: "socket_answer_failed", connectionId };
      log("error", "An answer could not be sent over the WebSocket", fields, error);
    }
  }

  /** The message; a large answer goes into the bucket, and its message has the URL. */
  async #fit(head: object, answer: string): Promise<string> {
    const text = textOf(head, answer);
    if (Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return text;
    const { body } = await storeAnswer(this.#objects, Buffer.from(answer), { contentType: "application/json" });
    return textOf(head, body);
  }
}

function textOf(head: object, answer: string): string {
  const fields = Object.entries(head).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`);
  return `{${fields.join("")}"responsedata":${answer}}`;
}
