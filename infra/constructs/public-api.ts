import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  CorsHttpMethod,
  DomainName,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { METHODS, ROUTES, UNMATCHED } from "../../functions/api/routes.ts";
import type { Settings } from "../settings.ts";
import type { ServiceFunction } from "./service-function.ts";

/**
 * Headers that pages of other origins may send. Each by its name: by the Fetch standard a `*` does not include
 * `authorization`, which contains the key of an account.
 */
const ALLOWED = [
  "authorization",
  "content-type",
  "idempotency-key",
  "prefer",
  "accept",
  "if-none-match",
  "cache-control",
  "x-requested-with",
];

/** Headers of answers that pages of other origins may read. */
const EXPOSED = [
  "location",
  "retry-after",
  "preference-applied",
  "ratelimit",
  "ratelimit-policy",
  "allow",
  "etag",
  "www-authenticate",
  "apigw-requestid",
];

/** Logged fields of a request: not path, query or headers, which contain keys and test ids. */
const ACCESS_LOG = {
  requestId: "$context.requestId",
  time: "$context.requestTime",
  route: "$context.routeKey",
  status: "$context.status",
  bytes: "$context.responseLength",
  ms: "$context.responseLatency",
  functionMs: "$context.integrationLatency",
  sourceIp: "$context.identity.sourceIp",
  error: "$context.error.message",
};

/** The HTTP API: the api function answers every route of the one route table. */
export class PublicApi extends Construct {
  readonly api: HttpApi;
  readonly domain: DomainName | undefined;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly answeredBy: ServiceFunction; readonly settings: Settings },
  ) {
    super(scope, id);
    const { answeredBy, settings } = props;
    this.api = new HttpApi(this, "Http", {
      apiName: `boptest-${settings.stage}`,
      description: "BOPTEST's web service",
      createDefaultStage: false,
      disableExecuteApiEndpoint: settings.domain !== undefined,
      // Every origin is allowed: permissions depend on keys and test ids, never on cookies.
      corsPreflight: {
        allowOrigins: ["*"],
        allowMethods: METHODS.map((method) => CorsHttpMethod[method]),
        allowHeaders: ALLOWED,
        exposeHeaders: EXPOSED,
        maxAge: Duration.days(1),
      },
    });
    const integration = new HttpLambdaIntegration("Answer", answeredBy.function, {
      // One permission for the whole API: one per route would exceed the size limit of the function's policy.
      scopePermissionToRoute: false,
      timeout: Duration.seconds(29),
    });
    for (const route of [...ROUTES, ...UNMATCHED]) {
      const [method = "", path = ""] = route.split(" ");
      const added = this.api.addRoutes({ path, methods: [HttpMethod[method as keyof typeof HttpMethod]], integration });
      for (const each of added) {
        Validations.of(each).acknowledge({
          id: "AwsSolutions-APIG4",
          reason: "BOPTEST's API is public; the function checks the keys of accounts.",
        });
      }
    }
    this.domain = settings.domain ? this.#domainName(settings.domain) : undefined;
    this.#stage(settings);
  }

  #domainName({ name, certificateArn }: NonNullable<Settings["domain"]>): DomainName {
    const certificate = Certificate.fromCertificateArn(this, "Certificate", certificateArn);
    return new DomainName(this, "Domain", { domainName: name, certificate });
  }

  #stage(settings: Settings): void {
    const logs = new LogGroup(this, "AccessLogs", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, "Stage", {
      httpApi: this.api,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: settings.requestsPerSecond, burstLimit: settings.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
      ...(this.domain ? { domainMapping: { domainName: this.domain } } : {}),
    });
  }
}
