import { Aws, Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  type CfnApi,
  type IAccessLogSettings,
  LogGroupLogDestination,
  WebSocketApi,
  WebSocketStage,
} from "aws-cdk-lib/aws-apigatewayv2";
import { WebSocketLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Settings } from "../settings.ts";
import type { ServiceFunction } from "./service-function.ts";

/** The stage's name is the path: BOPTEST's clients connect at `/ws`. */
const STAGE = "ws";

/** What of a message is logged: neither its text nor that of answers, where test ids stand. */
const ACCESS_LOG = {
  requestId: "$context.requestId",
  time: "$context.requestTime",
  event: "$context.eventType",
  route: "$context.routeKey",
  connection: "$context.connectionId",
  status: "$context.status",
  functionMs: "$context.integrationLatency",
  sourceIp: "$context.identity.sourceIp",
  error: "$context.error.message",
};

/** BOPTEST's WebSocket: each message is an event of the api function, which posts its answers to the connection. */
export class SocketApi extends Construct {
  readonly url: string;
  /** For its metrics. */
  readonly stage: WebSocketStage;

  constructor(
    scope: Construct,
    name: string,
    { answeredBy, settings }: { readonly answeredBy: ServiceFunction; readonly settings: Settings },
  ) {
    super(scope, name);
    const api = new WebSocketApi(this, "Api", {
      apiName: `boptest-${settings.stage}-ws`,
      description: "BOPTEST's WebSocket",
    });
    // Connections need no function: whoever has a test's id may use the test, and who has none is told so.
    const route = api.addRoute("$default", {
      integration: new WebSocketLambdaIntegration("Answer", answeredBy.function, { timeout: Duration.seconds(29) }),
    });
    Validations.of(route).acknowledge({
      id: "AwsSolutions-APIG4",
      reason: "BOPTEST's contract is open to all; a test's id is the right to use it.",
    });
    const stage = this.#stage(api, settings);
    const places = `:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:`;
    const connections = `/${STAGE}/POST/@connections/*`;
    answeredBy.allow(
      "AnswerOverWebSocket",
      ["execute-api:ManageConnections"],
      [`arn:${Aws.PARTITION}${places}${api.apiId}${connections}`],
    );
    const id = Stack.of(this).getLogicalId(api.node.defaultChild as CfnApi);
    answeredBy.explain(
      `Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${id}>${connections}`,
      "Connections have random names, and each is some client's that waits for its answers.",
    );
    this.url = stage.url;
    this.stage = stage;
  }

  #stage(api: WebSocketApi, settings: Settings): WebSocketStage {
    const stage = new WebSocketStage(this, "Stage", {
      webSocketApi: api,
      stageName: STAGE,
      autoDeploy: true,
      throttle: { rateLimit: settings.requestsPerSecond, burstLimit: settings.burst },
      ...(settings.webSocketLogs ? { accessLogSettings: this.#accessLog() } : {}),
    });
    if (!settings.webSocketLogs) {
      Validations.of(stage).acknowledge({
        id: "AwsSolutions-APIG1",
        reason:
          "The api function logs each message. For a WebSocket API's own log the account's API Gateway needs a role, which no stack may set or leave behind; -c webSocketLogs=true says that it has one.",
      });
    }
    return stage;
  }

  #accessLog(): IAccessLogSettings {
    const logs = new LogGroup(this, "AccessLogs", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return {
      destination: new LogGroupLogDestination(logs),
      format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
    };
  }
}
