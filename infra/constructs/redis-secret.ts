import { CfnParameter, RemovalPolicy, SecretValue, Validations } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { ENV } from "../../functions/platform/environment.ts";
import type { ServiceFunction } from "./service-function.ts";

/**
 * Where Redis is and what opens it. Given once, at the first deployment, as parameters that CloudFormation shows to
 * nobody; the template holds neither. Secrets Manager rather than an SSM SecureString, because CloudFormation cannot
 * create one of those: it would have to be made by hand before, and would be left behind after.
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
      description: "REST URL and token of the Redis database that holds the tests",
      secretObjectValue: {
        url: SecretValue.cfnParameter(url),
        token: SecretValue.cfnParameter(token),
      },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.#secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason: "Upstash makes the token; it is rotated there and deployed again, as docs/deploy.md says.",
    });
  }

  /** Lets a function read the secret, and tells it where it is. */
  bind(to: ServiceFunction): void {
    to.allow("ReadRedisSecret", ["secretsmanager:GetSecretValue"], [this.#secret.secretArn]);
    to.tell(ENV.redisSecretArn, this.#secret.secretArn);
  }
}
