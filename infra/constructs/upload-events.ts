import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { type Bucket, CfnBucket } from "aws-cdk-lib/aws-s3";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { PREFIXES } from "../../functions/platform/prefixes.ts";
import type { Asynchronous, ServiceFunction } from "./service-function.ts";

/** How long an upload is tried to be taken in, while Lambda or what intake needs is out of order. */
const PATIENCE = Duration.hours(6);

/**
 * Tells intake of every file that is uploaded. By EventBridge, which a bucket has as a mere property: the notifications
 * of CDK's buckets are set up by a function of its own, with rights on all buckets. What fails for good is put into a
 * queue, for somebody to look at: the upload stays pending.
 */
export class UploadEvents extends Construct {
  readonly failed: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.failed = new Queue(this, "Failed", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.failed).acknowledge({
      id: "AwsSolutions-SQS3",
      reason: "It is itself where failed events end: of the rule, and of the function that the rule calls.",
    });
  }

  /** What Lambda does with an event that the function failed at. */
  get asynchronous(): Asynchronous {
    return { retryAttempts: 2, maxEventAge: PATIENCE, failed: this.failed };
  }

  /** Has a function called for each file that appears in the bucket. */
  bind(bucket: Bucket, intake: ServiceFunction): void {
    const { defaultChild } = bucket.node;
    if (!(defaultChild instanceof CfnBucket)) throw new Error("A bucket is made of other parts now");
    defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    new Rule(this, "Uploaded", {
      description: "Has uploaded test cases checked and published",
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: PREFIXES.uploads }] } },
      },
      targets: [
        new LambdaFunction(intake.function, { maxEventAge: PATIENCE, retryAttempts: 20, deadLetterQueue: this.failed }),
      ],
    });
  }
}
