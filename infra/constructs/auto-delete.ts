import { CfnResource, RemovalPolicy, Stack } from "aws-cdk-lib";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";

const PROVIDER = "Custom::S3AutoDeleteObjectsCustomResourceProvider";

/**
 * The CDK empties a bucket before it is deleted with a function of its own, which would log into a group that outlives
 * the stack, under a policy that covers all groups. Here it logs into one that goes with the stack, and into no other.
 */
export function loggedAutoDelete(scope: Construct): void {
  const provider = Stack.of(scope).node.findChild(PROVIDER);
  const handler = provider.node.findChild("Handler");
  const role = provider.node.findChild("Role");
  if (!CfnResource.isCfnResource(handler) || !CfnResource.isCfnResource(role)) {
    throw new Error(`${PROVIDER} is made of other parts now`);
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
