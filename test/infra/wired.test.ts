import { type CfnResource, Stack } from "aws-cdk-lib";
import { beforeAll, describe, expect, it } from "vitest";
import { ENV } from "../../functions/platform/environment.ts";
import { type Cloud, startCloud } from "../../infra/local/cloud/cloud.ts";
import { readTemplate } from "../../infra/local/stack/template.ts";
import type { Wiring } from "../../infra/local/stack/wiring.ts";
import { clientOf } from "../support/client.ts";
import { bucketOf } from "../support/state.ts";
import { describeStack, removeSynthesized, synthesizeTemplate } from "./toy/stack.ts";

removeSynthesized();

/** What the local cloud makes of the stack once something is taken out of it. */
async function wiringWithout(take: (resources: CfnResource[]) => void): Promise<Wiring> {
  const described = await describeStack();
  const resources = described.stack.node.findAll().filter((node) => "cfnResourceType" in node) as CfnResource[];
  take(resources);
  return readTemplate(synthesizeTemplate(described));
}

function find(resources: CfnResource[], type: string, path: string): CfnResource {
  const found = resources.find(({ cfnResourceType, node }) => cfnResourceType === type && node.path.includes(path));
  if (found === undefined) throw new Error(`The stack has no ${type} at ${path}`);
  return found;
}

function remove({ node }: CfnResource): void {
  node.scope?.node.tryRemoveChild(node.id);
}

async function withCloud(wiring: Wiring, work: (cloud: Cloud) => Promise<void>): Promise<void> {
  await using cloud = await startCloud({ wiring, scheduleSeconds: 0, workers: 1 });
  await work(cloud);
}

describe("the local cloud misses what the stack forgets", () => {
  it("a route", async () => {
    const wiring = await wiringWithout((resources) =>
      remove(find(resources, "AWS::ApiGatewayV2::Route", "GET--{proxy+}/")),
    );
    await withCloud(wiring, async (cloud) => {
      expect((await fetch(`${cloud.url}/version/`)).status).toBe(404);
      expect((await fetch(`${cloud.url}/version`)).status).toBe(200);
    });
  });

  it.each([ENV.bucket, ENV.redisSecretArn, ENV.doorbellQueueUrl])("the environment variable %s", async (name) => {
    const wiring = await wiringWithout((resources) =>
      find(resources, "AWS::Lambda::Function", "Api/Function").addPropertyDeletionOverride(
        `Environment.Variables.${name}`,
      ),
    );
    await withCloud(wiring, async (cloud) => {
      expect((await fetch(`${cloud.url}/version`)).status).toBe(500);
      const missing = name === ENV.redisSecretArn ? ENV.redisUrl : name;
      expect(cloud.logs.recent("api").join("\n")).toContain(`${missing} is not set`);
      expect(await cloud.tick()).toMatchObject({ rung: 0 });
    });
  });

  it("the event source: doorbells stay in the queue, and nobody answers", async () => {
    const wiring = await wiringWithout((resources) =>
      remove(find(resources, "AWS::Lambda::EventSourceMapping", "Worker")),
    );
    await withCloud(wiring, async (cloud) => {
      const { call } = clientOf(() => cloud);
      const selected = await call("POST", "/testcases/testcase1/select", {
        headers: { prefer: "respond-async, wait=1" },
      });
      expect(selected.status).toBe(202);
      expect(cloud.doorbells.depth().visible).toBe(1);
    });
  });

  it.each([
    [
      "the rule",
      (resources: CfnResource[]) => {
        remove(find(resources, "AWS::Events::Rule", "Uploads"));
        remove(find(resources, "AWS::Lambda::Permission", "Uploads"));
        remove(find(resources, "AWS::SQS::QueuePolicy", "Uploads"));
      },
    ],
    [
      "the bucket's leave to tell",
      (resources: CfnResource[]) =>
        find(resources, "AWS::S3::Bucket", "Data/").addPropertyDeletionOverride("NotificationConfiguration"),
    ],
  ])("%s: nobody is told of uploads", async (_what, take) => {
    const wiring = await wiringWithout(take);
    expect(wiring.objectEvents).toBeUndefined();
    await withCloud(wiring, async (cloud) => {
      const upload = await bucketOf(cloud).create("uploads/shared/x/1", Buffer.from("x"));
      expect([upload, cloud.objectEvents, cloud.host.pids("intake")]).toEqual(["ok", undefined, []]);
    });
  });

  it("whom to ask for compiled models", async () => {
    const wiring = await wiringWithout((resources) =>
      find(resources, "AWS::Lambda::Function", "Worker/").addPropertyDeletionOverride(
        `Environment.Variables.${ENV.emulatorFunction}`,
      ),
    );
    expect(wiring.functions.worker.environment).not.toHaveProperty(ENV.emulatorFunction);
  });

  it("that tenants are kept apart: calls that name one are refused", async () => {
    const wiring = await wiringWithout((resources) =>
      find(resources, "AWS::Lambda::Function", "Emulator/").addPropertyDeletionOverride("TenancyConfig"),
    );
    await withCloud(wiring, async ({ lambda }) => {
      const url = `${lambda.endpoint}/2015-03-31/functions/emulator/invocations`;
      const answer = await fetch(url, { method: "POST", body: "{}", headers: { "x-amz-tenant-id": "john" } });
      expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([400, "InvalidParameterValueException"]);
    });
  });

  it("the schedule", async () => {
    const wiring = await wiringWithout((resources) => {
      remove(find(resources, "AWS::Events::Rule", "Sweep"));
      remove(find(resources, "AWS::Lambda::Permission", "Sweep"));
    });
    expect(wiring.schedule).toBeUndefined();
  });
});

describe("the local cloud takes from the template", () => {
  let wiring: Wiring;
  beforeAll(async () => {
    wiring = await wiringWithout((resources) => {
      find(resources, "AWS::SQS::Queue", "Doorbells/Queue").addPropertyOverride("VisibilityTimeout", 77);
      find(resources, "AWS::SQS::Queue", "Doorbells/Queue").addPropertyOverride("RedrivePolicy.maxReceiveCount", 9);
      find(resources, "AWS::Lambda::Function", "Worker/").addPropertyOverride("Timeout", 33);
      find(resources, "AWS::Lambda::Function", "Worker/").addPropertyOverride("Environment.Variables.LEASE_MS", "1234");
      const source = find(resources, "AWS::Lambda::EventSourceMapping", "Worker/");
      source.addPropertyOverride("BatchSize", 7);
      source.addPropertyDeletionOverride("FunctionResponseTypes");
      const asynchronous = find(resources, "AWS::Lambda::EventInvokeConfig", "Intake/");
      asynchronous.addPropertyOverride("MaximumRetryAttempts", 1);
      const rule = find(resources, "AWS::Events::Rule", "Uploads/");
      rule.addPropertyOverride("EventPattern.detail.object.key", [{ prefix: "elsewhere/" }]);
      find(resources, "AWS::Events::Rule", "Sweep").addPropertyOverride("ScheduleExpression", "rate(2 hours)");
      find(resources, "AWS::ApiGatewayV2::Integration", "Http/").addPropertyOverride("TimeoutInMillis", 5000);
    });
  });

  it("the queue, its redrive and its consumer", () => {
    expect(wiring.queue).toEqual({
      name: "doorbells",
      visibilitySeconds: 77,
      maxReceiveCount: 9,
      consumer: { function: "worker", batchSize: 7, partialFailures: false },
    });
  });

  it("functions, with the bundles that would be uploaded", () => {
    expect(wiring.functions.worker).toMatchObject({
      timeoutMs: 33_000,
      memoryMb: 1024,
      bundle: expect.stringMatching(/\/asset\.[0-9a-f]{64}\/index\.mjs$/),
      environment: { LEASE_MS: "1234", NODE_OPTIONS: "--enable-source-maps" },
    });
    expect(wiring.functions.api.environment).not.toHaveProperty("LEASE_MS");
    expect(wiring.functions.worker).toMatchObject({ tenants: false, environment: { EMULATOR_FUNCTION: "emulator" } });
    expect(wiring.functions.emulator).toMatchObject({ tenants: true, environment: {} });
  });

  it("schedule, API and bucket", () => {
    expect(wiring.schedule).toEqual({ rateSeconds: 7200, function: "sweeper" });
    expect(wiring.http).toMatchObject({ function: "api", timeoutMs: 5000, cors: { maxAgeSeconds: 86_400 } });
    expect(wiring.http.cors?.exposeHeaders).toContain("location");
    expect(wiring.bucket).toBe("data");
    expect(wiring.objectEvents).toEqual({ function: "intake", prefix: "elsewhere/", retries: 1 });
  });

  it("and refuses what it does not understand, instead of leaving it out", async () => {
    const unknown = wiringWithout((resources) => {
      const sweeper = find(resources, "AWS::Lambda::Function", "Sweeper/");
      sweeper.addPropertyOverride("Environment.Variables.ELSEWHERE", { "Fn::ImportValue": "elsewhere" });
    });
    await expect(unknown).rejects.toThrow("does not know what ELSEWHERE is");
    const cron = wiringWithout((resources) =>
      find(resources, "AWS::Events::Rule", "Sweep").addPropertyOverride("ScheduleExpression", "cron(0 0 * * ? *)"),
    );
    await expect(cron).rejects.toThrow("does not support the schedule cron");
    const deleted = wiringWithout((resources) =>
      find(resources, "AWS::Events::Rule", "Uploads").addPropertyOverride("EventPattern.detail-type", [
        "Object Deleted",
      ]),
    );
    await expect(deleted).rejects.toThrow("does not support the event pattern");
  });
});

describe("the stack", () => {
  it("is one, with nothing nested", async () => {
    const { app } = await describeStack();
    expect(app.node.findAll().filter((node) => Stack.isStack(node))).toHaveLength(1);
  });
});
