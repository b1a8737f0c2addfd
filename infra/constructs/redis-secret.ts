import { CfnParameter, RemovalPolicy, SecretValue, Validations } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { ENV } from "../../functions/platform/environment.ts";
import type { ServiceFunction } from "./service-function.ts";

/**
 * Address and token of Redis. The first deployment gives them as parameters that CloudFormation hides; the template
 * contains neither. Secrets Manager instead of an SSM SecureString, because CloudFormation cannot create SecureStrings:
 * operators would have to create one before the deployment, and delete it afterwards.
 */
export class RedisSecret extends Construct {
  readonly #secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const url = new CfnParameter(this, "Url", {
      description: "UPSTASH_REDIS_REST_URL, as Upstash's console shows it",
      noEcho: true,
      allowedPattern: "https://[^\\s/]+/?",
      constraintDescription: "must begin with https://",
    });
    const token = new CfnParameter(this, "Token", {
      description: "UPSTASH_REDIS_REST_TOKEN, as Upstash's console shows it (not the read-only one)",
      noEcho: true,
      minLength: 20,
    });
    url.overrideLogicalId("RedisUrl");
    token.overrideLogicalId("RedisToken");
    this.#secret = new Secret(this, "Secret", {
      description: "REST URL and token of the Redis database with the tests",
      secretObjectValue: {
        url: SecretValue.cfnParameter(url),
        token: SecretValue.cfnParameter(token),
      },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.#secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason: "Upstash makes the token. Operators rotate it there and deploy again: see docs/deploy.md.",
    });
  }

  /** Lets a function read the secret, and gives it the secret's ARN. */
  bind(to: ServiceFunction): void {
    to.allow("ReadRedisSecret", ["secretsmanager:GetSecretValue"], [this.#secret.secretArn]);
    to.tell(ENV.redisSecretArn, this.#secret.secretArn);
  }
}
