import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

/** The part of SQS that this project uses. Messages may be delivered more than once and in any order. */
export interface Queue {
  /**
   * Sends one message, to be delivered after so many seconds (900 at most) and not before.
   * @param group whose message it is (128 characters at most): while one has many of those that are worked on, SQS delivers
   * the others' first
   */
  send(body: string, delaySeconds?: number, group?: string): Promise<void>;
  /** Sends up to ten messages in one request. @returns how many were taken */
  sendBatch(bodies: readonly string[]): Promise<number>;
}

/** What a consumer can do to a message that it was given. */
export interface Deliveries {
  /** Has the message come again in so many seconds (43,200 at most), counted from now, unless it is deleted before. */
  hide(receiptHandle: string, seconds: number): Promise<void>;
}

/** The one place that makes an SQS client. Sending twice is harmless for us, so the SDK may retry. */
export function createQueue(queueUrl: string): Queue & Deliveries {
  const client = new SQSClient({
    // A client waits meanwhile; what cannot be sent is the sweeper's.
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
  });
  return {
    send: async (body, delaySeconds = 0, group = undefined) => {
      const delay = delaySeconds === 0 ? {} : { DelaySeconds: delaySeconds };
      const tenant = group === undefined ? {} : { MessageGroupId: group };
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, ...delay, ...tenant }));
    },
    sendBatch: async (bodies) => {
      const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      return answer.Successful?.length ?? 0;
    },
    hide: async (ReceiptHandle, VisibilityTimeout) => {
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout }));
    },
  };
}
