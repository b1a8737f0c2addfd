import { beforeAll, describe, expect, it } from "vitest";
import { isReferenceTo } from "../../infra/local/stack/resources.ts";
import { describeStack, readJson, removeSynthesized, synthesizeTemplate, type Template } from "./toy/stack.ts";

removeSynthesized();

/**
 * AWS services hand things over to each other only where the receiver's policy lets them. A missing permission shows at
 * no deployment: the alarm, the event or the failed message is lost without a word.
 */
let template: Template;
beforeAll(async () => {
  template = readJson<Template>(synthesizeTemplate(await describeStack({ alarmEmail: "ops@example.org" })));
});

interface Statement {
  Effect: string;
  Principal?: { Service?: string };
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

type Properties = Record<string, unknown>;

const ofType = (type: string) =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, { Properties: properties }]): [string, Properties] => [id, properties]);

/** The one resource of a type that a value refers to. */
function referred(type: string, value: unknown): [string, Properties] {
  const [found, another] = ofType(type).filter(([id]) => isReferenceTo(value, id));
  if (found === undefined || another !== undefined) throw new Error(`${JSON.stringify(value)} is not one ${type}`);
  return found;
}

/** What a resource's own policies allow a service to do with it. */
function allowed(policyType: string, resourceId: string, service: string): Statement[] {
  return ofType(policyType)
    .flatMap(([, { PolicyDocument }]) => (PolicyDocument as { Statement: Statement[] }).Statement)
    .filter(({ Effect, Principal, Resource }) => {
      return Effect === "Allow" && Principal?.Service === service && isReferenceTo(Resource, resourceId);
    });
}

/** What a function's permissions let a service invoke it for. */
function invokers(functionId: string, service: string): Properties[] {
  return ofType("AWS::Lambda::Permission")
    .map(([, properties]) => properties)
    .filter(({ FunctionName, Principal }) => Principal === service && isReferenceTo(FunctionName, functionId));
}

describe("what a service may hand over", () => {
  it("each alarm, and its end, may be published to its topic, by alarms of this account only", () => {
    const alarms = ofType("AWS::CloudWatch::Alarm");
    expect(alarms.length).toBeGreaterThan(5);
    for (const [id, { AlarmActions, OKActions }] of alarms) {
      for (const action of [AlarmActions, OKActions].flat()) {
        const [topic] = referred("AWS::SNS::Topic", action);
        expect(allowed("AWS::SNS::TopicPolicy", topic, "cloudwatch.amazonaws.com"), id).toEqual([
          expect.objectContaining({
            Action: "sns:Publish",
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          }),
        ]);
      }
    }
  });

  it("each rule may invoke its function, and put what cannot be delivered into its queue", () => {
    const rules = ofType("AWS::Events::Rule");
    expect(rules.length).toBeGreaterThanOrEqual(2);
    for (const [id, { Targets }] of rules) {
      for (const { Arn, DeadLetterConfig } of Targets as { Arn: unknown; DeadLetterConfig?: { Arn: unknown } }[]) {
        const [target] = referred("AWS::Lambda::Function", Arn);
        const grants = invokers(target, "events.amazonaws.com").filter(({ SourceArn }) => isReferenceTo(SourceArn, id));
        expect(grants, id).toEqual([expect.objectContaining({ Action: "lambda:InvokeFunction" })]);
        if (DeadLetterConfig === undefined) continue;
        const [queue] = referred("AWS::SQS::Queue", DeadLetterConfig.Arn);
        expect(allowed("AWS::SQS::QueuePolicy", queue, "events.amazonaws.com"), id).toEqual([
          expect.objectContaining({
            Action: "sqs:SendMessage",
            Condition: { ArnEquals: { "aws:SourceArn": { "Fn::GetAtt": [id, "Arn"] } } },
          }),
        ]);
      }
    }
  });

  it("each API may invoke the function that answers its routes, and no other may", () => {
    const integrations = ofType("AWS::ApiGatewayV2::Integration");
    for (const [, { IntegrationUri, ApiId }] of integrations) {
      const [target] = referred("AWS::Lambda::Function", IntegrationUri);
      const [api = ""] = referred("AWS::ApiGatewayV2::Api", ApiId);
      const grants = invokers(target, "apigateway.amazonaws.com");
      expect(grants.filter(({ SourceArn }) => isReferenceTo(SourceArn, api))).toHaveLength(1);
      expect(grants).toHaveLength(integrations.length);
    }
  });

  it("the bucket tells EventBridge, for which S3 asks no permission", () => {
    const [[, { NotificationConfiguration }] = ["", {} as Properties]] = ofType("AWS::S3::Bucket");
    expect(NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
  });

  it("nothing is encrypted with a key whose policy would have to let services use it", () => {
    expect(ofType("AWS::KMS::Key")).toEqual([]);
    expect(JSON.stringify(template.Resources)).not.toMatch(/KmsMasterKeyId|KMSMasterKeyID|KmsKeyId|aws:kms/);
  });
});
