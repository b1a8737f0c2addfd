import { beforeAll, describe, expect, it } from "vitest";
import { describeStack, readJson, removeSynthesized, synthesizeTemplate, type Template } from "./toy/stack.ts";

removeSynthesized();

/**
 * What each function uses, by service and prefix. Whoever lets a function do something new writes it down here, and
 * whoever takes something away is told to take the permission along.
 */
const USES: Record<string, Record<string, string[]>> = {
  Api: {
    // Results are read from segments; large answers and forms for test cases are signed in its name.
    "s3:GetObject": ["bucket/answers/*", "bucket/results/*"],
    "s3:PutObject": ["bucket/answers/*", "bucket/uploads/*"],
    "s3:AbortMultipartUpload": ["bucket/answers/*", "bucket/uploads/*"],
    "s3:DeleteObject": ["bucket/uploads/*"],
    "s3:ListBucket": ["bucket if s3:prefix is uploads/*"],
  },
  Worker: {
    "s3:GetObject": ["bucket/cache/*", "bucket/results/*"],
    "s3:PutObject": ["bucket/cache/*", "bucket/results/*"],
    "s3:AbortMultipartUpload": ["bucket/cache/*", "bucket/results/*"],
    // Not to list: without it S3 does not tell a reader that an object is missing.
    "s3:ListBucket": ["bucket"],
    "sqs:ReceiveMessage": ["doorbells"],
    "sqs:DeleteMessage": ["doorbells"],
    "sqs:ChangeMessageVisibility": ["doorbells"],
    "sqs:GetQueueAttributes": ["doorbells"],
    "sqs:GetQueueUrl": ["doorbells"],
  },
  Sweeper: {
    // Checkpoints, which lie among the segments and say which of these they need.
    "s3:GetObject": ["bucket/results/*"],
    "s3:DeleteObject": ["bucket/cache/*", "bucket/results/*"],
    "s3:ListBucket": ["bucket if s3:prefix is results/* or cache/*"],
  },
};

/** What all of them use. */
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
  if (id.startsWith("RedisSecret")) return "secret";
  return id.startsWith(`${owner}Logs`) ? "own log" : id;
}

function conditioned({ Condition }: Statement): string {
  if (Condition === undefined) return "";
  return ` if s3:prefix is ${[Condition.StringLike?.["s3:prefix"]].flat().join(" or ")}`;
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Actions, and what they may be done to, of a function's role. */
function allowed(owner: string): Record<string, string[]> {
  const policies = Object.entries(template.Resources).filter(
    ([id, { Type }]) => Type === "AWS::IAM::Policy" && id.startsWith(`${owner}Role`),
  );
  const actions: Record<string, string[]> = {};
  for (const [, { Properties }] of policies) {
    const { Statement: statements } = Properties.PolicyDocument as { Statement: Statement[] };
    for (const statement of statements) {
      expect(statement.Effect).toBe("Allow");
      for (const action of list(statement.Action)) {
        const resources = list(statement.Resource).map((each) => words(each, owner) + conditioned(statement));
        actions[action] = [...(actions[action] ?? []), ...resources].sort();
      }
    }
  }
  return actions;
}

describe("a function's role", () => {
  it.each(["Api", "Worker", "Sweeper"])("of %s allows what it uses, and nothing else", (owner) => {
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
    for (const owner of ["Api", "Worker", "Sweeper"]) expect(Object.keys(allowed(owner)).join()).not.toContain("*");
  });
});
