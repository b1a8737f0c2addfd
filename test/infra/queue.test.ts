import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../support/cloud.ts";
import { CREDENTIALS, QUEUE, useStorage } from "./toy/storage.ts";

const under = useStorage();
let sqs: SQSClient;

beforeAll(connect);

function connect(): void {
  const { endpoint } = under.storage;
  sqs = new SQSClient({ region: "us-east-1", endpoint, credentials: CREDENTIALS, maxAttempts: 1 });
}

beforeEach(async () => {
  // What an earlier test left comes back within its visibility timeout, and goes to the dead letters in the end.
  while (under.storage.depth(QUEUE).visible + under.storage.depth(QUEUE).inFlight > 0) await receive();
});

afterEach(() => {
  under.storage.faults.sends = undefined;
});

async function send(body: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: under.storage.queueUrl(QUEUE), MessageBody: body }));
}

async function receive(waitSeconds = 3, queue = QUEUE): Promise<Message | undefined> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: under.storage.queueUrl(queue),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
    }),
  );
  return Messages[0];
}

async function remove({ ReceiptHandle }: Message): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: under.storage.queueUrl(QUEUE), ReceiptHandle }));
}

describe("the queue", () => {
  it("wakes who waits as soon as a message comes", async () => {
    const asked = () => under.storage.counts().ReceiveMessage ?? 0;
    const before = asked();
    const waiting = receive(20);
    await until("somebody waits", () => (asked() > before ? true : undefined));
    await send("ring");
    // Given out before the sender is answered: nobody has looked for it now and then.
    expect(under.storage.depth(QUEUE)).toEqual({ visible: 0, inFlight: 1 });
    const message = await waiting;
    expect(message?.Body).toBe("ring");
    if (message) await remove(message);
  });

  it("delivers a message that is to come later then, and wakes who waits for it", async () => {
    const QueueUrl = under.storage.queueUrl(QUEUE);
    const sentMs = performance.now();
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "later", DelaySeconds: 1 }));
    const message = await receive(20);
    expect(message?.Body).toBe("later");
    expect(performance.now() - sentMs).toBeGreaterThanOrEqual(990);
    // Unless it is woken, it finds the message when its own time is over.
    expect(performance.now() - sentMs).toBeLessThan(15_000);
    if (message) await remove(message);
  });

  it("hides a message while it is worked on, delivers it again when that takes too long, and no more once deleted", async () => {
    await send("ring");
    const receivedMs = performance.now();
    const first = await receive();
    const second = await receive(10);
    expect(second?.Body).toBe("ring");
    // The queue's visibility timeout.
    expect(performance.now() - receivedMs).toBeGreaterThanOrEqual(1990);
    expect(second?.MessageId).toBe(first?.MessageId);
    expect(second?.Attributes?.ApproximateReceiveCount).toBe("2");
    if (second) await remove(second);
    expect(await receive(3)).toBeUndefined();
  });

  it("delivers one again at once when it is made visible", async () => {
    await send("ring");
    const first = await receive();
    await sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: under.storage.queueUrl(QUEUE),
        ReceiptHandle: first?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    const second = await receive(0);
    expect(second?.Body).toBe("ring");
    if (second) await remove(second);
  });

  it("moves a message that was delivered too often to the dead letters", async () => {
    await send("poison");
    for (let delivery = 1; delivery <= 2; delivery += 1) expect((await receive(5))?.Body).toBe("poison");
    expect(await receive(4)).toBeUndefined();
    expect((await receive(0, `${QUEUE}-dead`))?.Body).toBe("poison");
  });

  it("keeps messages over a restart", async () => {
    await send("kept");
    await under.restart();
    // Its connections are gone with the server.
    connect();
    const message = await receive();
    expect(message?.Body).toBe("kept");
    if (message) await remove(message);
  });

  it("acknowledges and loses messages when told to, one or several", async () => {
    under.storage.faults.sends = "lost";
    await send("lost");
    const Entries = ["a", "b"].map((body) => ({ Id: body, MessageBody: body }));
    const QueueUrl = under.storage.queueUrl(QUEUE);
    const { Successful } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(Successful).toHaveLength(2);
    expect(under.storage.depth(QUEUE)).toEqual({ visible: 0, inFlight: 0 });
  });

  it("takes no message when told to fail", async () => {
    under.storage.faults.sends = "failing";
    await expect(send("x")).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(under.storage.depth(QUEUE)).toEqual({ visible: 0, inFlight: 0 });
  });
});
