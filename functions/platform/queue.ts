import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

/** The part of SQS that this project uses. Messages may be delivered more than once and in any order. */
export interface Queue {
  /**
   * Sends one message, to be delivered after this time (s, 900 at most).
   * @param group a group of messages, 128 characters at most. While many messages of one group are being processed, SQS
   * delivers those of other groups first
   */
  send(body: string, delaySeconds?: number, group?: string): Promise<void>;
  /** Sends up to ten messages in one request, each in its group, if any. @returns how many were accepted */
  sendBatch(bodies: readonly string[], groups?: readonly (string | undefined)[]): Promise<number>;
}

/** The part of SQS for a consumer that has received a message. */
export interface Deliveries {
  /** Delivers the message again after this time from now (s, 43,200 at most), unless it is deleted before. */
  hide(receiptHandle: string, seconds: number): Promise<void>;
}

/** The only place that makes an SQS client. Sending twice is harmless here, so the SDK may retry. */
export function createQueue(queueUrl: string): Queue & Deliveries {
  const client = new SQSClient({
    // A client is waiting. If the message cannot be sent, the sweeper rings later.
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
  });
  return {
    send: async (body, delaySeconds = 0, group = undefined) => {
      const delay = delaySeconds === 0 ? {} : { DelaySeconds: delaySeconds };
      const tenant = group === undefined ? {} : { MessageGroupId: group };
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, ...delay, ...tenant }));
    },
    sendBatch: async (bodies, groups = []) => {
      const Entries = bodies.map((MessageBody, index) => {
        const group = groups[index];
        return { Id: String(index), MessageBody, ...(group === undefined ? {} : { MessageGroupId: group }) };
      });
      const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      return answer.Successful?.length ?? 0;
    },
    hide: async (ReceiptHandle, VisibilityTimeout) => {
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout }));
    },
  };
}
