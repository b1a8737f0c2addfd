import { CfnResource, RemovalPolicy, Stack } from "aws-cdk-lib";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";

const PROVIDER = "Custom::S3AutoDeleteObjectsCustomResourceProvider";

/**
 * The CDK empties a bucket before its deletion by a function. By default this function logs into a group that outlives the
 * stack, and its policy covers all log groups. Here its log group belongs to the stack, and the policy covers only that.
 */
export function loggedAutoDelete(scope: Construct): void {
  const provider = Stack.of(scope).node.findChild(PROVIDER);
  const handler = provider.node.findChild("Handler");
  const role = provider.node.findChild("Role");
  if (!CfnResource.isCfnResource(handler) || !CfnResource.isCfnResource(role)) {
    throw new Error(`${PROVIDER} has other parts in this version of the CDK`);
  }
  const logs = new LogGroup(scope, "EmptyingLogs", {
    retention: RetentionDays.ONE_WEEK,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  handler.addPropertyOverride("LoggingConfig", { LogGroup: logs.logGroupName });
  role.addPropertyDeletionOverride("ManagedPolicyArns");
  role.addPropertyOverride("Policies", [
    {
      PolicyName: "WriteOwnLog",
      PolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: [logs.logGroupArn],
          },
        ],
      },
    },
  ]);
}
