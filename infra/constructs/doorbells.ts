import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { ENV } from "../../functions/platform/environment.ts";
import type { ServiceFunction } from "./service-function.ts";

/** After this many deliveries a doorbell is dead: its work has ended every worker. */
const MAX_DELIVERIES = 5;

/**
 * The queue that wakes workers. A message contains only a test id, so that it may be lost, late or doubled: the requests
 * themselves are in Redis.
 */
export class Doorbells extends Construct {
  readonly queue: Queue;
  readonly dead: Queue;

  constructor(scope: Construct, id: string, props: { readonly workerTimeout: Duration }) {
    super(scope, id);
    const common = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
    };
    this.dead = new Queue(this, "Dead", { ...common, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, "Queue", {
      ...common,
      // Lambda's recommendation; with less, a message could come back while its worker is at work.
      visibilityTimeout: Duration.seconds(6 * props.workerTimeout.toSeconds()),
      // The sweeper rings again for unanswered requests, so that old messages are worthless.
      retentionPeriod: Duration.hours(4),
      deadLetterQueue: { queue: this.dead, maxReceiveCount: MAX_DELIVERIES },
    });
  }

  /** Lets a function send doorbells, and gives it the queue's URL. */
  bindRinger(to: ServiceFunction): void {
    to.allow("RingDoorbells", ["sqs:SendMessage"], [this.queue.queueArn]);
    to.tell(ENV.doorbellQueueUrl, this.queue.queueUrl);
  }

  /** Lets a function receive the doorbells, in at most so many processes. */
  bindAnswerer(to: ServiceFunction, maxConcurrency: number): void {
    // One test per invocation: a request that ends its worker affects no other test.
    const source = new SqsEventSource(this.queue, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency });
    to.function.addEventSource(source);
    this.tellWorkers(to, maxConcurrency);
  }

  /** Tells a function how many workers there are: the shares of holders follow from it. */
  tellWorkers(to: ServiceFunction, workers: number): void {
    to.tell(ENV.workers, String(workers));
  }
}
