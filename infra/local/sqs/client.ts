import { Agent, request } from "node:http";

export interface ReceivedMessage {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MD5OfBody: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: Record<string, unknown>;
}

const LIMIT_MS = 30_000;

/** The SQS operations of an event source, over SQS' own JSON protocol without the SDK's overhead. */
export class SqsClient {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #endpoint: string;
  readonly #queueUrl: string;

  constructor(endpoint: string, queueUrl: string) {
    this.#endpoint = endpoint;
    this.#queueUrl = queueUrl;
  }

  async receive(maxMessages: number, waitSeconds: number, signal: AbortSignal): Promise<ReceivedMessage[]> {
    const parameters = {
      MaxNumberOfMessages: Math.min(10, maxMessages),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    };
    const { Messages = [] } = await this.#call<{ Messages?: ReceivedMessage[] }>("ReceiveMessage", parameters, signal);
    return Messages;
  }

  async delete(receiptHandles: readonly string[]): Promise<void> {
    const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
    await this.#call("DeleteMessageBatch", { Entries });
  }

  /** Makes messages visible again at once. */
  async release(receiptHandles: readonly string[]): Promise<void> {
    const Entries = receiptHandles.map((ReceiptHandle, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await this.#call("ChangeMessageVisibilityBatch", { Entries });
  }

  async send(body: string): Promise<void> {
    await this.#call("SendMessage", { MessageBody: body });
  }

  close(): void {
    this.#agent.destroy();
  }

  async #call<Answer>(operation: string, parameters: Record<string, unknown>, signal?: AbortSignal): Promise<Answer> {
    const body = JSON.stringify({ QueueUrl: this.#queueUrl, ...parameters });
    const limit = AbortSignal.timeout(LIMIT_MS);
    const options = {
      method: "POST",
      agent: this.#agent,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `AmazonSQS.${operation}`,
        "content-length": Buffer.byteLength(body),
      },
    };
    return await new Promise((resolve, reject) => {
      const call = request(this.#endpoint, options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.once("error", reject);
        response.once("end", () => {
          if (response.statusCode === 200) resolve(JSON.parse(text || "{}"));
          else reject(new Error(`${operation}: ${response.statusCode} ${text}`));
        });
      });
      call.once("error", reject);
      call.end(body);
    });
  }
}
