import { Match, Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it } from "vitest";
import { describeStack, removeSynthesized } from "./toy/stack.ts";

removeSynthesized();

let template: Template;
beforeAll(async () => {
  template = Template.fromStack((await describeStack()).stack);
});

describe("an upload", () => {
  it("is told of by EventBridge, which the bucket has as a property: no function but ours has rights on buckets", () => {
    template.hasResourceProperties("AWS::S3::Bucket", {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    template.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: {
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: {
          bucket: { name: [{ Ref: Match.stringLikeRegexp("^DataBucket") }] },
          object: { key: [{ prefix: "uploads/" }] },
        },
      },
      Targets: [
        Match.objectLike({
          Arn: { "Fn::GetAtt": [Match.stringLikeRegexp("^IntakeFunction"), "Arn"] },
          DeadLetterConfig: { Arn: { "Fn::GetAtt": [Match.stringLikeRegexp("^UploadsFailed"), "Arn"] } },
        }),
      ],
    });
    const functions = Object.keys(template.findResources("AWS::Lambda::Function"));
    expect(functions.filter((id) => !/^(Api|Worker|Sweeper|Emulator|Intake)Function/.test(id))).toEqual([
      expect.stringMatching(/^CustomS3AutoDeleteObjects/),
    ]);
  });

  it("that intake fails at is tried twice more, and then kept for somebody to look at", () => {
    template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      FunctionName: { Ref: Match.stringLikeRegexp("^IntakeFunction") },
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: {
        OnFailure: { Destination: { "Fn::GetAtt": [Match.stringLikeRegexp("^UploadsFailed"), "Arn"] } },
      },
    });
    template.hasResourceProperties("AWS::SQS::QueuePolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: "sqs:SendMessage", Principal: { Service: "events.amazonaws.com" } }),
        ]),
      },
    });
  });
});

describe("the bucket", () => {
  it("is closed, encrypted and clears up by itself", () => {
    template.hasResourceProperties("AWS::S3::Bucket", {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: Match.anyValue(),
      LifecycleConfiguration: {
        Rules: [
          { Id: "ForgetAnswers", Prefix: "answers/", ExpirationInDays: 1, Status: "Enabled" },
          { Id: "AbandonUploads", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: "Enabled" },
        ],
      },
    });
  });

  it("is spoken to by pages of whatever origin the API is: they fetch large answers, and post files", () => {
    const [api] = Object.values(template.findResources("AWS::ApiGatewayV2::Api"));
    template.hasResourceProperties("AWS::S3::Bucket", {
      CorsConfiguration: {
        CorsRules: [
          {
            AllowedMethods: ["GET", "POST"],
            AllowedOrigins: api?.Properties.CorsConfiguration.AllowOrigins,
            AllowedHeaders: ["*"],
            MaxAge: 86_400,
          },
        ],
      },
    });
  });

  it("refuses to be spoken to without TLS, and to have an immutable object written without If-None-Match", () => {
    const under = (prefix: string) => ({ "Fn::Join": ["", [Match.anyValue(), `/${prefix}*`]] });
    template.hasResourceProperties("AWS::S3::BucketPolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
          {
            Sid: "RefuseOverwriting",
            Effect: "Deny",
            Principal: { AWS: "*" },
            Action: "s3:PutObject",
            Resource: [under("answers/"), under("cache/"), under("packages/"), under("results/")],
            // Parts of multipart uploads create nothing yet.
            Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
          },
        ]),
      },
    });
  });
});
