import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * The CDK's settings for every caller: the `cdk` command, the local cloud and tests. A deployment's own settings come from
 * `-c`, see settings.ts.
 */
export const CONTEXT: Readonly<Record<string, unknown>> = {
  // The library's recommendations for new projects, in its pinned version.
  ...(require("aws-cdk-lib/recommended-feature-flags.json") as Record<string, unknown>),
  // The local cloud finds bundles and names by these entries of the template.
  "aws:cdk:enable-asset-metadata": true,
  "aws:cdk:enable-path-metadata": true,
  "@aws-cdk/core:target-partitions": ["aws"],
};
