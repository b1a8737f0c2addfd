import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { ENV } from "../../functions/platform/environment.ts";
import { PREFIXES } from "../../functions/platform/prefixes.ts";
import { loggedAutoDelete } from "./auto-delete.ts";
import type { ServiceFunction } from "./service-function.ts";

type Prefix = keyof typeof PREFIXES;

/** A function's permissions for objects, by the prefix of their keys. */
export interface Access {
  readonly read?: readonly Prefix[];
  readonly create?: readonly Prefix[];
  readonly remove?: readonly Prefix[];
  readonly list?: readonly Prefix[];
  /** The function must see 404 for a missing object. Without the permission to list the whole bucket, S3 answers 403. */
  readonly missing?: boolean;
}

/** Objects under these prefixes never change. */
const IMMUTABLE: readonly Prefix[] = ["results", "cache", "answers", "packages"];

/** The bucket: result segments, the object cache, uploaded and published test cases, and answers that are too large for Lambda. */
export class DataBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: { readonly keep: boolean }) {
    super(scope, id);
    this.bucket = new Bucket(this, "Bucket", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: props.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      autoDeleteObjects: !props.keep,
      lifecycleRules: [
        { id: "ForgetAnswers", prefix: PREFIXES.answers, expiration: Duration.days(1) },
        { id: "AbandonUploads", abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      // Browsers fetch large answers and upload files with URLs that the API has signed.
      cors: [
        {
          allowedMethods: [HttpMethods.GET, HttpMethods.POST],
          allowedOrigins: ["*"],
          allowedHeaders: ["*"],
          maxAge: Duration.days(1).toSeconds(),
        },
      ],
    });
    if (!props.keep) loggedAutoDelete(this);
    this.#refuseOverwriting();
    Validations.of(this.bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason:
        "Only the service's functions can reach it, and they log their work; access logs would need a second bucket.",
    });
  }

  /** Gives a function these permissions, and the bucket's name. */
  bind(to: ServiceFunction, { read = [], create = [], remove = [], list = [], missing = false }: Access): void {
    to.tell(ENV.bucket, this.bucket.bucketName);
    const allow = (sid: string, actions: string[], prefixes: readonly Prefix[]) => {
      if (prefixes.length === 0) return;
      to.allow(sid, actions, this.#under(prefixes));
      for (const prefix of prefixes) {
        const finding = `Resource::<${this.#logicalId()}.Arn>/${PREFIXES[prefix]}*`;
        to.explain(finding, `Objects under ${PREFIXES[prefix]} have random names: only their prefix is known.`);
      }
    };
    allow("ReadObjects", ["s3:GetObject"], read);
    allow("CreateObjects", ["s3:PutObject", "s3:AbortMultipartUpload"], create);
    allow("RemoveObjects", ["s3:DeleteObject"], remove);
    if (!missing && list.length === 0) return;
    const prefixes = { StringLike: { "s3:prefix": list.map((prefix) => `${PREFIXES[prefix]}*`) } };
    to.allow("ListObjects", ["s3:ListBucket"], [this.bucket.bucketArn], missing ? undefined : prefixes);
  }

  /**
   * Refuses every creation without `If-None-Match`, from every caller. Parts of multipart uploads have no condition and
   * create nothing: the call that completes them does.
   */
  #refuseOverwriting(): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: "RefuseOverwriting",
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ["s3:PutObject"],
        resources: this.#under(IMMUTABLE),
        conditions: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
      }),
    );
  }

  #under(prefixes: readonly Prefix[]): string[] {
    return prefixes.map((prefix) => this.bucket.arnForObjects(`${PREFIXES[prefix]}*`));
  }

  #logicalId(): string {
    const { defaultChild } = this.bucket.node;
    return this.bucket.stack.getLogicalId(defaultChild as Parameters<Bucket["stack"]["getLogicalId"]>[0]);
  }
}
