import { ENV } from "../../../functions/platform/environment.ts";
import { Problem } from "../../programs/problem.ts";
import type { Resources } from "./resources.ts";
import { PLACEHOLDER } from "./wiring.ts";

/**
 * A function's environment, with placeholders for the resources that the template refers to. The local cloud has no
 * Secrets Manager: instead of the secret's ARN, the functions get the secret's content.
 */
export function environmentOf(resources: Resources, variables: Record<string, unknown>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    const type = typeof value === "string" ? undefined : resources.get(referenceIn(value) ?? "")?.type;
    if (typeof value === "string") environment[name] = value;
    else if (type === "AWS::S3::Bucket") environment[name] = PLACEHOLDER.bucket;
    else if (type === "AWS::SQS::Queue") environment[name] = PLACEHOLDER.queueUrl;
    else if (type === "AWS::Lambda::Function") environment[name] = resources.get(referenceIn(value) ?? "")?.name ?? "";
    else if (type === "AWS::SecretsManager::Secret") {
      environment[ENV.redisUrl] = PLACEHOLDER.redisUrl;
      environment[ENV.redisToken] = PLACEHOLDER.redisToken;
    } else throw new Problem(`The local cloud does not know what ${name} is: ${JSON.stringify(value)}`);
  }
  return environment;
}

function referenceIn(value: unknown): string | undefined {
  const { Ref } = (typeof value === "object" && value !== null ? value : {}) as { Ref?: unknown };
  return typeof Ref === "string" ? Ref : undefined;
}
