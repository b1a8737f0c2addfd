import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * How the CDK behaves, whoever runs the app: the `cdk` command, the local cloud or a test. What a deployment is told by
 * `-c` comes on top, see settings.ts.
 */
export const CONTEXT: Readonly<Record<string, unknown>> = {
  // What the library's authors advise for new projects, in its pinned version.
  ...(require("aws-cdk-lib/recommended-feature-flags.json") as Record<string, unknown>),
  // The local cloud finds bundles and names by what these leave in the template.
  "aws:cdk:enable-asset-metadata": true,
  "aws:cdk:enable-path-metadata": true,
  "@aws-cdk/core:target-partitions": ["aws"],
};
