import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { bundleFunctions } from "./bundle.ts";
import { missingNatives } from "./constructs/emulator-function.ts";
import { CONTEXT } from "./context.ts";
import { ensureLayer } from "./native/build.ts";
import { runProgram } from "./programs/problem.ts";
import { readSettings } from "./settings.ts";
import { BoptestStack } from "./stack.ts";

/** The CDK app: bundles the functions and describes one deployment of the service. */
await runProgram(async () => {
  const app = new App({ context: CONTEXT, analyticsReporting: false });
  const settings = readSettings(app.node);

  await bundleFunctions();
  const why = ensureLayer();
  for (const missing of missingNatives()) {
    process.stderr.write(`Warning: in this template, ${missing}. ${why ?? ""}\n`);
  }

  new BoptestStack(app, `boptest-${settings.stage}`, settings);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
});
