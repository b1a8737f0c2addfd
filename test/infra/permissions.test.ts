import { beforeAll, describe, expect, it } from "vitest";
import { describeStack, readJson, removeSynthesized, synthesizeTemplate, type Template } from "./toy/stack.ts";

removeSynthesized();

/**
 * What each function uses, by service and prefix. Whoever lets a function do something new writes it down here, and
 * whoever takes something away is told to take the permission along.
 */
const USES: Record<string, Record<string, string[]>> = {
  Api: {
    // Results are read from segments, and written there by small steps; large answers and forms for test cases are signed in its name.
    "s3:GetObject": ["bucket/answers/*", "bucket/packages/*", "bucket/results/*"],
    "s3:PutObject": ["bucket/answers/*", "bucket/results/*", "bucket/uploads/*"],
    "s3:AbortMultipartUpload": ["bucket/answers/*", "bucket/results/*", "bucket/uploads/*"],
    "s3:DeleteObject": ["bucket/uploads/*"],
    // Its uploads; and without it S3 does not tell a reader that an object is missing.
    "s3:ListBucket": ["bucket"],
    // Small steps of models that are alive. The emulator fetches packages by URLs that are signed in its name.
    "lambda:InvokeFunction": ["emulator"],
    // Answers over the WebSocket.
    "execute-api:ManageConnections": [
      "arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:socket/ws/POST/@connections/*",
    ],
  },
  Worker: {
    // Packages by what is known of them; the emulator fetches the rest by URLs that are signed in the worker's name.
    "s3:GetObject": ["bucket/cache/*", "bucket/packages/*", "bucket/results/*"],
    "s3:PutObject": ["bucket/cache/*", "bucket/results/*"],
    "s3:AbortMultipartUpload": ["bucket/cache/*", "bucket/results/*"],
    // Not to list, but as above.
    "s3:ListBucket": ["bucket"],
    "lambda:InvokeFunction": ["emulator"],
    "sqs:ReceiveMessage": ["doorbells"],
    "sqs:DeleteMessage": ["doorbells"],
    "sqs:ChangeMessageVisibility": ["doorbells"],
    "sqs:GetQueueAttributes": ["doorbells"],
    "sqs:GetQueueUrl": ["doorbells"],
  },
  Sweeper: {
    // Checkpoints, which lie among the segments and say which of these they need.
    "s3:GetObject": ["bucket/results/*"],
    "s3:DeleteObject": ["bucket/cache/*", "bucket/packages/*", "bucket/results/*", "bucket/uploads/*"],
    "s3:ListBucket": ["bucket if s3:prefix is results/* or cache/* or packages/* or uploads/*"],
  },
  Intake: {
    // What was published before is not tried again. The emulator fetches uploads by URLs that are signed in intake's name.
    "s3:GetObject": ["bucket/packages/*", "bucket/uploads/*"],
    "lambda:InvokeFunction": ["emulator"],
    "s3:PutObject": ["bucket/packages/*"],
    "s3:AbortMultipartUpload": ["bucket/packages/*"],
    // What was uploaded before what is taken in now, or for which there is no room.
    "s3:DeleteObject": ["bucket/uploads/*"],
    "s3:ListBucket": ["bucket"],
    // And no doorbell: whoever waits for it looks again.
    "sqs:SendMessage": ["failed uploads"],
  },
};

/** What all of them use, unless it is said otherwise. */
const ALL = {
  "secretsmanager:GetSecretValue": ["secret"],
  "sqs:SendMessage": ["doorbells"],
  "logs:CreateLogStream": ["own log"],
  "logs:PutLogEvents": ["own log"],
  "xray:PutTraceSegments": ["*"],
  "xray:PutTelemetryRecords": ["*"],
};

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

let template: Template;
beforeAll(async () => {
  template = readJson<Template>(synthesizeTemplate(await describeStack()));
});

/** A resource in words. */
function words(resource: unknown, owner: string): string {
  const [[operator, operand] = []] = typeof resource === "object" ? Object.entries(resource ?? {}) : [];
  if (operator === "Fn::Join") return (operand[1] as unknown[]).map((part) => words(part, owner)).join("");
  if (operator === undefined) return String(resource);
  const id = String(operator === "Ref" ? operand : operand[0]);
  if (id.startsWith("DataBucket")) return "bucket";
  if (id.startsWith("DoorbellsQueue")) return "doorbells";
  if (id.startsWith("SocketApi")) return "socket";
  if (id.startsWith("RedisSecret")) return "secret";
  if (id.startsWith("UploadsFailed")) return "failed uploads";
  if (id.startsWith("EmulatorFunction")) return "emulator";
  return id.startsWith(`${owner}Logs`) ? "own log" : id;
}

function conditioned({ Condition }: Statement): string {
  if (Condition === undefined) return "";
  return ` if s3:prefix is ${[Condition.StringLike?.["s3:prefix"]].flat().join(" or ")}`;
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** All that a function's role says. */
function statementsOf(owner: string): Statement[] {
  const policies = Object.entries(template.Resources).filter(
    ([id, { Type }]) => Type === "AWS::IAM::Policy" && id.startsWith(`${owner}Role`),
  );
  return policies.flatMap(([, { Properties }]) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement);
}

/** Actions, and what they may be done to, of a function's role. */
function allowed(owner: string): Record<string, string[]> {
  const actions: Record<string, string[]> = {};
  for (const statement of statementsOf(owner)) {
    expect(statement.Effect).toBe("Allow");
    for (const action of list(statement.Action)) {
      const resources = list(statement.Resource).map((each) => words(each, owner) + conditioned(statement));
      actions[action] = [...(actions[action] ?? []), ...resources].sort();
    }
  }
  return actions;
}

describe("a function's role", () => {
  it.each(["Api", "Worker", "Sweeper", "Intake"])("of %s allows what it uses, and nothing else", (owner) => {
    expect(allowed(owner)).toEqual({ ...ALL, ...USES[owner] });
  });

  it("is its own, and no managed policy widens it", () => {
    const roles = Object.entries(template.Resources).filter(([, { Type }]) => Type === "AWS::IAM::Role");
    expect(roles.map(([, { Properties }]) => Properties.ManagedPolicyArns)).toEqual(roles.map(() => undefined));
    const functions = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
    const used = functions.map(({ Properties }) => JSON.stringify(Properties.Role));
    expect(new Set(used).size).toBe(functions.length);
  });

  it("names no action with a wildcard", () => {
    for (const owner of ["Api", "Worker", "Sweeper", "Intake"])
      expect(Object.keys(allowed(owner)).join()).not.toContain("*");
  });
});

describe("the emulator function, which runs what users have compiled", () => {
  const find = (type: string, id: string) =>
    Object.entries(template.Resources).filter(([name, { Type }]) => Type === type && name.startsWith(id));
  const only = (type: string, id: string): [string, Record<string, unknown>] => {
    const [[name, { Properties }] = ["", { Properties: {} }], ...others] = find(type, id);
    expect(others).toEqual([]);
    return [name, Properties];
  };

  it("has a role that allows nothing at all: no log, no trace, no object, no secret", () => {
    expect(statementsOf("Emulator")).toEqual([{ Sid: "NothingAtAll", Effect: "Deny", Action: "*", Resource: "*" }]);
    // Nothing in the role itself either, and nothing that somebody else has attached to it.
    const [id, properties] = only("AWS::IAM::Role", "EmulatorRole");
    expect(Object.keys(properties)).toEqual(["AssumeRolePolicyDocument", "Tags"]);
    const attached = Object.entries(template.Resources).filter(
      ([name, { Type, Properties: of }]) =>
        Type.startsWith("AWS::IAM") && name !== id && JSON.stringify(of).includes(id),
    );
    expect(attached.map(([, { Type }]) => Type)).toEqual(["AWS::IAM::Policy"]);
  });

  it("is told nothing, and nobody else's policy knows its role", () => {
    const [, properties] = only("AWS::Lambda::Function", "EmulatorFunction");
    expect(properties).not.toHaveProperty("Environment");
    expect(properties).not.toHaveProperty("VpcConfig");
    expect(properties).not.toHaveProperty("LoggingConfig");
    expect(properties).not.toHaveProperty("TracingConfig");
    for (const type of ["AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SecretsManager::ResourcePolicy"]) {
      expect(JSON.stringify(find(type, ""))).not.toContain("Emulator");
    }
  });

  it("is called by the api, workers and intake only, each time for one owner, whose processes are no other's", () => {
    const [, properties] = only("AWS::Lambda::Function", "EmulatorFunction");
    expect(properties.TenancyConfig).toEqual({ TenantIsolationMode: "PER_TENANT" });
    expect(find("AWS::Lambda::Permission", "Emulator")).toEqual([]);
    expect(find("AWS::Lambda::Url", "Emulator")).toEqual([]);
    const callers = Object.keys(USES).filter((owner) => "lambda:InvokeFunction" in allowed(owner));
    expect(callers.toSorted()).toEqual(["Api", "Intake", "Worker"]);
  });
});
