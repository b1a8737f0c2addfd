import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { ENV } from "../../functions/platform/environment.ts";
import type { ServiceFunction } from "./service-function.ts";

/** After so many deliveries a doorbell is dead: whatever it stands for ends its workers each time. */
const MAX_DELIVERIES = 5;

/**
 * The queue that wakes workers. A message says only which test to look at, so it may be lost, late or doubled: the
 * requests themselves are in Redis.
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
      // What Lambda asks for: else a message could come back while it is being worked on.
      visibilityTimeout: Duration.seconds(6 * props.workerTimeout.toSeconds()),
      // The sweeper rings anew for whatever is unanswered, so old ones are worth nothing.
      retentionPeriod: Duration.hours(4),
      deadLetterQueue: { queue: this.dead, maxReceiveCount: MAX_DELIVERIES },
    });
  }

  /** Lets a function ring, and tells it where. */
  bindRinger(to: ServiceFunction): void {
    to.allow("RingDoorbells", ["sqs:SendMessage"], [this.queue.queueArn]);
    to.tell(ENV.doorbellQueueUrl, this.queue.queueUrl);
  }

  /** Has a function answer the doorbells, in so many processes at most. */
  bindAnswerer(to: ServiceFunction, maxConcurrency: number): void {
    // One test per invocation: a request that ends its worker takes no other test's with it.
    const source = new SqsEventSource(this.queue, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency });
    to.function.addEventSource(source);
    to.tell(ENV.workers, String(maxConcurrency));
  }
}
