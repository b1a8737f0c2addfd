/**
 * How the CDK behaves, whoever runs the app: the `cdk` command, the local cloud or a test. What a deployment is told by
 * `-c` comes on top, see settings.ts.
 */
export const CONTEXT = {
  // The local cloud finds bundles and names by what these leave in the template.
  "aws:cdk:enable-asset-metadata": true,
  "aws:cdk:enable-path-metadata": true,
  "@aws-cdk/core:target-partitions": ["aws"],
  // Statements with the same effect become one: easier to read, and to hold against a list.
  "@aws-cdk/aws-iam:minimizePolicies": true,
  "@aws-cdk/aws-lambda:recognizeLayerVersion": true,
  "@aws-cdk/core:checkSecretUsage": true,
} as const;
