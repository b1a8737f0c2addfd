import { join } from "node:path";
import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { type Described, describeStack, readJson, removeSynthesized } from "./toy/stack.ts";

removeSynthesized();

interface Report {
  pluginReports: { violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[] }[];
}

/** What cdk-nag's AwsSolutions pack finds, as `rule at construct`. */
function findings(described: Described): string[] {
  const { app, outDir } = described;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("validation-report.json"))) throw error;
  }
  const { pluginReports } = readJson<Report>(join(outDir, "validation-report.json"));
  return pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    ),
  );
}

interface Acknowledged {
  rule: string;
  reason: string;
  path: string;
}

/** Every acknowledgement in the stack. */
function acknowledged({ stack }: Described): Acknowledged[] {
  return stack.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) =>
        Object.entries(data as Record<string, string>).map(([id, reason]) => ({
          rule: id.replace(/^.*?::(?=AwsSolutions-)/, ""),
          reason,
          path: node.path,
        })),
      ),
  );
}

/** The same stack without any acknowledgement. */
function withoutExcuses(described: Described): Described {
  for (const { node } of described.stack.node.findAll()) {
    // The construct library gives no way to take metadata back: for a test it may be reached into.
    const metadata: { type: string }[] = Reflect.get(node, "_metadata") ?? [];
    const others = metadata.filter(({ type }) => type !== Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
    metadata.splice(0, metadata.length, ...others);
  }
  return described;
}

describe("cdk-nag, AwsSolutions", () => {
  it.each([
    {},
    {
      stage: "prod",
      keepData: "true",
      domainName: "boptest.example.org",
      certificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/a",
      alarmEmail: "ops@example.org",
      webSocketLogs: "true",
    },
  ])("finds nothing in the stack of %j", async (context) => {
    expect(findings(await describeStack(context))).toEqual([]);
  });

  it("would find what was acknowledged, and nothing else: no excuse is left over, and each gives its reason", async () => {
    const excuses = acknowledged(await describeStack());
    for (const { rule, reason, path } of excuses) expect(reason.length, `${rule} at ${path}`).toBeGreaterThan(40);

    const found = findings(withoutExcuses(await describeStack()));
    const isExcused = (finding: string) =>
      excuses.some(({ rule, path }) => finding.startsWith(`${rule} at `) && finding.includes(` at ${path}/`));
    expect(found.filter((finding) => !isExcused(finding))).toEqual([]);
    const isNeeded = ({ rule, path }: Acknowledged) => found.some((f) => f.startsWith(`${rule} at ${path}/`));
    expect(excuses.filter((excuse) => !isNeeded(excuse))).toEqual([]);

    const rules = new Set(found.map((finding) => finding.split(" at ")[0]));
    expect([...rules].sort()).toEqual([
      "AwsSolutions-APIG1",
      "AwsSolutions-APIG4",
      expect.stringMatching(/^AwsSolutions-IAM5\[Resource::\*\]$/),
      expect.stringMatching(/^AwsSolutions-IAM5\[Resource::<DataBucket\w+\.Arn>\/answers\/\*\]$/),
      expect.stringMatching(/^AwsSolutions-IAM5\[Resource::<DataBucket\w+\.Arn>\/cache\/\*\]$/),
      expect.stringMatching(/^AwsSolutions-IAM5\[Resource::<DataBucket\w+\.Arn>\/packages\/\*\]$/),
      expect.stringMatching(/^AwsSolutions-IAM5\[Resource::<DataBucket\w+\.Arn>\/results\/\*\]$/),
      expect.stringMatching(/^AwsSolutions-IAM5\[Resource::<DataBucket\w+\.Arn>\/uploads\/\*\]$/),
      expect.stringMatching(/^AwsSolutions-IAM5\[Resource::arn:.*:<SocketApi\w+>\/ws\/POST\/@connections\/\*\]$/),
      "AwsSolutions-S1",
      "AwsSolutions-SMG4",
      "AwsSolutions-SQS3",
    ]);
  });
});
