import { existsSync } from "node:fs";
import { Match, Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it } from "vitest";
import { ROUTES, UNMATCHED } from "../../functions/api/routes.ts";
import { missingNatives } from "../../infra/constructs/emulator-function.ts";
import { documentAt, tableUnder } from "../docs/documents.ts";
import { describeStack, removeSynthesized } from "./toy/stack.ts";

removeSynthesized();

let template: Template;
let production: Template;
beforeAll(async () => {
  template = Template.fromStack((await describeStack()).stack);
  const context = {
    stage: "prod",
    keepData: "true",
    workers: "200",
    emulators: "20",
    domainName: "boptest.example.org",
    certificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/a",
    alarmEmail: "ops@example.org",
    webSocketLogs: "true",
  };
  production = Template.fromStack((await describeStack(context)).stack);
});

/** Parts of the HTTP or the WebSocket API, by the names of their constructs. */
const partsOf = (api: "Http" | "Socket", type: "Api" | "Route" | "Integration" | "Stage", of = template) =>
  Object.entries(of.findResources(`AWS::ApiGatewayV2::${type}`))
    .filter(([id]) => id.startsWith(api))
    .map(([, resource]) => resource);

describe("the functions", () => {
  it("run on the current Node.js, on arm64, traced, with bundles made here", () => {
    const functions = template.findResources("AWS::Lambda::Function", { Properties: { Handler: "index.handler" } });
    const ours = Object.entries(functions).filter(([id]) => /^(Api|Worker|Sweeper|Intake)/.test(id));
    expect(ours).toHaveLength(4);
    for (const [, { Properties, Metadata }] of ours) {
      expect(Properties).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        TracingConfig: { Mode: "Active" },
        Environment: { Variables: { NODE_OPTIONS: "--enable-source-maps" } },
        LoggingConfig: { LogGroup: { Ref: expect.stringMatching(/^(Api|Worker|Sweeper|Intake)Logs/) } },
      });
      expect(Metadata["aws:asset:is-bundled"]).toBe(false);
    }
  });

  it("are ended by Lambda when they wake themselves over and over, but for the worker, which has a limit of its own", () => {
    const functions = template.findResources("AWS::Lambda::Function", { Properties: { RecursiveLoop: "Allow" } });
    expect(Object.keys(functions)).toEqual([expect.stringMatching(/^Worker/)]);
  });

  it("but one: where compiled models run, there is what they are compiled for, and it is not traced", () => {
    const [emulator] = Object.entries(template.findResources("AWS::Lambda::Function"))
      .filter(([id]) => id.startsWith("Emulator"))
      .map(([, resource]) => resource);
    expect(emulator?.Properties).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["x86_64"],
      EphemeralStorage: { Size: 4096 },
    });
    expect(emulator?.Properties).not.toHaveProperty("ReservedConcurrentExecutions");
    // The layer where this machine has made it, and otherwise a word about it.
    const layers = Object.values(template.findResources("AWS::Lambda::LayerVersion"));
    expect(emulator?.Properties.Layers ?? []).toHaveLength(layers.length);
    expect(layers).toHaveLength(existsSync("dist/native/lib") ? 1 : 0);
    expect(missingNatives().join()).toMatch(existsSync("dist/native/lib") ? /^$/ : /npm run layer|x86-64 Linux/);
    production.hasResourceProperties("AWS::Lambda::Function", {
      Description: Match.stringLikeRegexp("^Runs compiled models"),
      ReservedConcurrentExecutions: 20,
    });
  });

  it.each([
    ["Answers HTTP", 512, 30],
    ["Carries out the commands", 1024, 300],
    ["Rings for forgotten", 512, 60],
    ["Runs compiled models", 2048, 260],
    ["Checks uploaded test cases", 2048, 300],
  ])("that %s has its memory and its time said", (description, MemorySize, Timeout) => {
    const Description = Match.stringLikeRegexp(`^${description}`);
    template.hasResourceProperties("AWS::Lambda::Function", { Description, MemorySize, Timeout });
  });

  it("log into groups that forget, and that go with the stack", () => {
    const groups = Object.values(template.findResources("AWS::Logs::LogGroup"));
    expect(groups).toHaveLength(6);
    for (const group of groups) {
      expect(group.Properties.RetentionInDays).toBeLessThanOrEqual(31);
      expect(group.DeletionPolicy).toBe("Delete");
    }
    // The CDK's own function, which empties the bucket, has one of them.
    template.hasResourceProperties("AWS::Lambda::Function", {
      LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp("^DataEmptyingLogs") } },
    });
  });
});

describe("the secret", () => {
  it("is made of parameters that nobody is shown, and appears nowhere else", () => {
    for (const name of ["RedisUrl", "RedisToken"]) template.hasParameter(name, { NoEcho: true });
    const text = JSON.stringify(template.toJSON().Resources);
    expect(text.match(/"Ref":"Redis(Url|Token)"/g)).toHaveLength(2);
    for (const { Properties } of Object.values(template.findResources("AWS::Lambda::Function"))) {
      expect(JSON.stringify(Properties.Environment ?? {})).not.toMatch(/UPSTASH|RedisToken|RedisUrl/);
    }
  });

  it("has no default: a deployment that was not told fails at once", () => {
    expect(template.findParameters("Redis*")).not.toHaveProperty("RedisToken.Default");
  });
});

describe("the API", () => {
  it("has each route of the route table, all answered by one function", () => {
    const routes = partsOf("Http", "Route");
    expect(routes.map(({ Properties }) => Properties.RouteKey).sort()).toEqual([...ROUTES, ...UNMATCHED].sort());
    expect(partsOf("Http", "Integration")).toHaveLength(1);
    template.hasResourceProperties("AWS::ApiGatewayV2::Integration", {
      IntegrationUri: { "Fn::GetAtt": [Match.stringLikeRegexp("^ApiFunction"), "Arn"] },
      PayloadFormatVersion: "2.0",
      TimeoutInMillis: 29_000,
    });
  });

  it("limits what comes in, and logs it without paths, queries and headers", () => {
    const [stage] = partsOf("Http", "Stage");
    expect(stage?.Properties.DefaultRouteSettings).toEqual({ ThrottlingBurstLimit: 1000, ThrottlingRateLimit: 500 });
    const format = stage?.Properties.AccessLogSettings.Format;
    expect(Object.keys(JSON.parse(format))).toContain("route");
    expect(format).not.toMatch(/context\.path|querystring|header|authorizer/i);
  });

  it("leaves preflights to API Gateway: no route takes OPTIONS, by name or as one of all methods", () => {
    const keys = partsOf("Http", "Route").map(({ Properties }): string => Properties.RouteKey);
    expect(keys.filter((key) => /^(ANY|OPTIONS) |^\$default$/.test(key))).toEqual([]);
  });

  it("may be called from pages of any origin, with a key, which may read the headers that they need", () => {
    const [api] = partsOf("Http", "Api");
    // By the Fetch standard `*` would not cover `authorization`.
    expect(api?.Properties.CorsConfiguration.AllowHeaders).not.toContain("*");
    template.hasResourceProperties("AWS::ApiGatewayV2::Api", {
      CorsConfiguration: {
        AllowOrigins: ["*"],
        AllowHeaders: Match.arrayWith(["authorization", "content-type", "idempotency-key", "prefer"]),
        AllowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        ExposeHeaders: Match.arrayWith(["location", "retry-after", "preference-applied", "ratelimit"]),
      },
    });
  });

  it("has a domain of one's own where one is given, and no other name then", () => {
    template.resourceCountIs("AWS::ApiGatewayV2::DomainName", 0);
    production.hasResourceProperties("AWS::ApiGatewayV2::DomainName", { DomainName: "boptest.example.org" });
    production.resourceCountIs("AWS::ApiGatewayV2::ApiMapping", 1);
    production.hasResourceProperties("AWS::ApiGatewayV2::Api", { DisableExecuteApiEndpoint: true });
    production.hasOutput("Url", { Value: "https://boptest.example.org" });
  });
});

describe("the WebSocket API", () => {
  it("has one route, answered by the same function, and limits what comes in", () => {
    expect(partsOf("Socket", "Route").map(({ Properties }) => Properties.RouteKey)).toEqual(["$default"]);
    const [{ Properties: integration } = { Properties: {} }] = partsOf("Socket", "Integration");
    expect(integration.TimeoutInMillis).toBe(29_000);
    expect(JSON.stringify(integration.IntegrationUri)).toMatch(/"ApiFunction\w+","Arn"/);
    const [{ Properties: stage } = { Properties: {} }] = partsOf("Socket", "Stage");
    expect(stage).toMatchObject({
      StageName: "ws",
      DefaultRouteSettings: { ThrottlingBurstLimit: 1000, ThrottlingRateLimit: 500 },
    });
    template.hasOutput("WebSocketUrl", {});
  });

  it("logs where the account lets it, without what is said", () => {
    expect(partsOf("Socket", "Stage")[0]?.Properties).not.toHaveProperty("AccessLogSettings");
    const [stage] = partsOf("Socket", "Stage", production);
    const format = stage?.Properties.AccessLogSettings.Format;
    expect(Object.keys(JSON.parse(format))).toContain("connection");
    expect(format).not.toMatch(/body|header|authorizer/i);
  });
});

describe("the doorbells", () => {
  it("are hidden for six times the worker's time limit, and die after five deliveries", () => {
    template.hasResourceProperties("AWS::SQS::Queue", {
      VisibilityTimeout: 1800,
      RedrivePolicy: {
        deadLetterTargetArn: { "Fn::GetAtt": [Match.stringLikeRegexp("^DoorbellsDead"), "Arn"] },
        maxReceiveCount: 5,
      },
      SqsManagedSseEnabled: true,
    });
  });

  it("come to the worker one by one, failures told by message, in so many processes at most", () => {
    const mapping = {
      BatchSize: 1,
      FunctionName: { Ref: Match.stringLikeRegexp("^WorkerFunction") },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    };
    template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      ...mapping,
      ScalingConfig: { MaximumConcurrency: 50 },
    });
    production.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      ...mapping,
      ScalingConfig: { MaximumConcurrency: 200 },
    });
  });

  it.each([
    ["10", 2],
    ["100", 20],
    ["5000", 50],
  ])("come to fewer workers in a small account: of %s executions to %i", async (accountConcurrency, workers) => {
    const small = Template.fromStack((await describeStack({ accountConcurrency })).stack);
    small.hasResourceProperties("AWS::Lambda::EventSourceMapping", { ScalingConfig: { MaximumConcurrency: workers } });
    // The worker knows its number: shares of accounts are parts of it.
    small.hasResourceProperties("AWS::Lambda::Function", {
      Description: Match.stringLikeRegexp("^Carries out the commands"),
      Environment: { Variables: Match.objectLike({ WORKERS: String(workers) }) },
    });
  });

  it("and dead ones are sent over TLS only", () => {
    const policies = Object.values(template.findResources("AWS::SQS::QueuePolicy"));
    expect(policies).toHaveLength(3);
    for (const { Properties } of policies) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      );
    }
  });
});

describe("removing the stack", () => {
  it("leaves nothing behind", () => {
    const { Resources } = template.toJSON() as { Resources: Record<string, { DeletionPolicy?: string }> };
    const kept = Object.entries(Resources).filter(([, { DeletionPolicy }]) =>
      /Retain|Snapshot/.test(DeletionPolicy ?? ""),
    );
    expect(kept).toEqual([]);
    template.resourceCountIs("Custom::S3AutoDeleteObjects", 1);
  });

  it("leaves the bucket and nothing else where that was asked for", () => {
    const { Resources } = production.toJSON() as {
      Resources: Record<string, { Type: string; DeletionPolicy?: string }>;
    };
    const kept = Object.values(Resources).filter(({ DeletionPolicy }) => DeletionPolicy === "Retain");
    expect(kept.map(({ Type }) => Type)).toEqual(["AWS::S3::Bucket"]);
    production.resourceCountIs("Custom::S3AutoDeleteObjects", 0);
  });
});

describe("several stacks in one account", () => {
  it("have names of their own, and share none", () => {
    const names = (of: Template) =>
      JSON.stringify(of.toJSON().Resources)
        .match(/"(\w+Name)":"[^"$]+"/g)
        ?.filter((name) => /boptest/.test(name)) ?? [];
    expect(names(template)).toEqual(expect.arrayContaining(['"DashboardName":"boptest-dev"']));
    expect(names(template).filter((name) => names(production).includes(name))).toEqual([]);
    expect(JSON.stringify(production.toJSON())).not.toContain("boptest-dev");
  });

  it.each([
    [{ stage: "Prod!" }, "-c stage must be"],
    [{ emulators: "0" }, "-c emulators must be a whole number from 1 to 1000"],
    [{ workers: "1" }, "-c workers must be a whole number from 2 to 1000"],
    [{ keepData: "yes" }, "-c keepData must be true or false"],
    [{ accountConcurrency: "9" }, "-c accountConcurrency must be a whole number from 10 to 1000000"],
    [
      { accountConcurrency: "10", workers: "50" },
      "50 workers, 50 compiled models and 6 for the api and all others are 106 at the same time, which do not fit into " +
        "the account's 10 concurrent executions. Set -c accountConcurrency=10, and -c workers to 2 at most",
    ],
    [{ accountConcurrency: "10", workers: "3" }, "are 12 at the same time, which do not fit"],
    [
      { accountConcurrency: "10", emulators: "1" },
      "-c emulators=1 cannot be reserved from the account's 10 concurrent executions: Lambda keeps 100 unreserved. " +
        "Leave -c emulators out",
    ],
    [{ emulators: "901" }, "Set -c emulators to 900 at most"],
    [{ workers: "498" }, "If the account has more, set -c accountConcurrency=N."],
    [{ domainName: "boptest.example.org" }, "-c domainName and -c certificateArn must be given together"],
  ])("%j is refused by name", async (context: Record<string, string>, message) => {
    await expect(describeStack(context)).rejects.toThrow(message);
  });
});

describe("whoever runs it", () => {
  it("is told of what asks for somebody to act", () => {
    const alarms = Object.entries(template.findResources("AWS::CloudWatch::Alarm"));
    const names = alarms.map(([id]) => id.replace(/^Operations|[0-9A-F]{8}$/g, ""));
    expect(names.sort()).toEqual([
      "DeadLetters",
      "EmulatorErrors",
      "IntakeFailures",
      "OldestUnanswered",
      "ServerErrors",
      "SocketErrors",
      "StateFallbacks",
      "SweeperMissing",
      "Throttles",
      "WorkerErrors",
    ]);
    const described = tableUnder(documentAt("docs/deploy.md"), "Alarms").rows.map(([name]) => name);
    expect(described.toSorted()).toEqual(names.toSorted());
    for (const [, { Properties }] of alarms) {
      expect(Properties.AlarmActions).toHaveLength(1);
      expect(Properties.AlarmDescription).toMatch(/docs\/deploy\.md, "Alarms"/);
    }
    production.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "email", Endpoint: "ops@example.org" });
  });

  it("has one page to look at", () => {
    template.resourceCountIs("AWS::CloudWatch::Dashboard", 1);
  });
});
