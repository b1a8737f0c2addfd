import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { type Bucket, CfnBucket } from "aws-cdk-lib/aws-s3";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { PREFIXES } from "../../functions/platform/prefixes.ts";
import type { Asynchronous, ServiceFunction } from "./service-function.ts";

/** How long Lambda retries the check of an upload, while Lambda or intake fails. */
const PATIENCE = Duration.hours(6);

/**
 * Calls intake for each uploaded file. EventBridge events are a property of the bucket; the notifications of CDK's buckets
 * would need a further function with permissions for all buckets. An event whose attempts have all failed goes into a
 * queue for operators, and its upload stays pending.
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
      reason: "It is itself the queue for failed events, of the rule and of the function that the rule calls.",
    });
  }

  /** Lambda's retries after a failure of the function. */
  get asynchronous(): Asynchronous {
    return { retryAttempts: 2, maxEventAge: PATIENCE, failed: this.failed };
  }

  /** Calls a function for each file that is created in the bucket. */
  bind(bucket: Bucket, intake: ServiceFunction): void {
    const { defaultChild } = bucket.node;
    if (!(defaultChild instanceof CfnBucket)) throw new Error("A bucket has other parts in this version of the CDK");
    defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    new Rule(this, "Uploaded", {
      description: "Calls intake for uploaded test cases",
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
