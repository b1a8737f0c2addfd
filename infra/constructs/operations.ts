import { Duration, Stack } from "aws-cdk-lib";
import type { HttpApi, WebSocketStage } from "aws-cdk-lib/aws-apigatewayv2";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { METRICS } from "../../functions/platform/metric-names.ts";
import type { FunctionName } from "../bundle.ts";
import type { Settings } from "../settings.ts";
import { ServiceDashboard } from "./dashboard.ts";
import type { Doorbells } from "./doorbells.ts";
import { metricsNamespace } from "./service-function.ts";
import type { UploadEvents } from "./upload-events.ts";

export interface OperationsProps {
  readonly api: HttpApi;
  readonly socket: WebSocketStage;
  readonly functions: Readonly<Record<FunctionName, { readonly function: IFunction }>>;
  readonly doorbells: Doorbells;
  readonly uploads: UploadEvents;
  readonly settings: Settings;
}

interface Condition {
  readonly metric: IMetric;
  /** The alarm goes off above this value … */
  readonly above: number;
  /** … in this many of the last periods. */
  readonly times: readonly [number, number];
  readonly meaning: string;
  /** By default, no data means no event; some metrics must have data. */
  readonly missing?: TreatMissingData;
}

/** Alarms that need an operator, and the dashboard. */
export class Operations extends Construct {
  readonly #topic: Topic;

  constructor(scope: Construct, id: string, { api, socket, functions, doorbells, uploads, settings }: OperationsProps) {
    super(scope, id);
    this.#topic = new Topic(this, "Alarms", { enforceSSL: true });
    // This policy replaces the default one, which would let the account's alarms publish: without it no alarm arrives.
    this.#topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "LetAlarmsPublish",
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [this.#topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    if (settings.alarmEmail !== undefined) this.#topic.addSubscription(new EmailSubscription(settings.alarmEmail));
    const minute = { period: Duration.minutes(1) };
    const five = { period: Duration.minutes(5) };
    const { worker, sweeper, emulator } = functions;

    this.#alarm("DeadLetters", {
      metric: doorbells.dead.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: Stats.MAXIMUM }),
      above: 0,
      times: [1, 1],
      meaning: "A doorbell was delivered five times, and no worker finished it.",
    });
    this.#alarm("OldestUnanswered", {
      metric: new Metric({
        namespace: metricsNamespace(settings.stage),
        metricName: METRICS.oldestUnanswered,
        statistic: Stats.MAXIMUM,
        ...minute,
      }),
      above: Duration.minutes(5).toMilliseconds(),
      times: [3, 3],
      meaning: "A request has waited for more than five minutes: workers do not answer.",
    });
    this.#alarm(
      "SweeperMissing",
      {
        metric: new MathExpression({
          expression: "runs - errors",
          label: "sweeps that ended well",
          usingMetrics: {
            runs: sweeper.function.metricInvocations({ ...five, statistic: Stats.SUM }),
            errors: sweeper.function.metricErrors({ ...five, statistic: Stats.SUM }),
          },
          ...five,
        }),
        above: 0,
        times: [2, 2],
        meaning: "The sweeper has not succeeded for ten minutes: lost doorbells stay lost.",
        missing: TreatMissingData.BREACHING,
      },
      ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    );
    this.#alarm("WorkerErrors", {
      metric: worker.function.metricErrors({ ...five, statistic: Stats.SUM }),
      above: 2,
      times: [1, 1],
      meaning: "Workers crash or run out of time.",
    });
    this.#alarm("EmulatorErrors", {
      metric: emulator.function.metricErrors({ ...five, statistic: Stats.SUM }),
      above: 2,
      times: [1, 1],
      meaning: "The emulator function itself crashes or runs out of time; crashes of models do not count.",
    });
    this.#alarm("IntakeFailures", {
      metric: uploads.failed.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: Stats.MAXIMUM }),
      above: 0,
      times: [1, 1],
      meaning: "An uploaded test case could neither be published nor refused.",
    });
    this.#alarm("StateFallbacks", {
      metric: new Metric({
        namespace: metricsNamespace(settings.stage),
        metricName: METRICS.stateFallbacks,
        statistic: Stats.SUM,
        ...five,
      }),
      above: 0,
      times: [1, 1],
      meaning: "A model's saved state was incomplete, although intake had verified it.",
    });
    this.#alarm("Throttles", {
      metric: new MathExpression({
        expression: Object.keys(functions).join(" + "),
        label: "throttled invocations",
        usingMetrics: Object.fromEntries(
          Object.entries(functions).map(([name, { function: fn }]) => [
            name,
            fn.metricThrottles({ ...five, statistic: Stats.SUM }),
          ]),
        ),
        ...five,
      }),
      above: 0,
      times: [2, 3],
      meaning: "The account's concurrent executions are used up.",
    });
    this.#alarm("ServerErrors", {
      metric: new MathExpression({
        // A single failure among a handful of calls is no rate.
        expression: "IF(calls >= 20, 100 * failed / calls, 0)",
        label: "5xx answers, %",
        usingMetrics: {
          failed: api.metricServerError({ ...five, statistic: Stats.SUM }),
          calls: api.metricCount({ ...five, statistic: Stats.SUM }),
        },
        ...five,
      }),
      above: 1,
      times: [2, 2],
      meaning: "More than one call in a hundred fails.",
    });

    this.#alarm("SocketErrors", {
      metric: new MathExpression({
        expression: "IF(messages >= 20, 100 * failed / messages, 0)",
        label: "messages that failed, %",
        usingMetrics: {
          failed: socket.metric("IntegrationError", { ...five, statistic: Stats.SUM }),
          messages: socket.metric("MessageCount", { ...five, statistic: Stats.SUM }),
        },
        ...five,
      }),
      above: 1,
      times: [2, 2],
      meaning: "More than one message over the WebSocket in a hundred fails.",
    });

    new ServiceDashboard(this, "Dashboard", { api, socket, functions, doorbells, uploads, settings });
  }

  #alarm(
    id: string,
    { metric, above, times, meaning, missing = TreatMissingData.NOT_BREACHING }: Condition,
    comparisonOperator = ComparisonOperator.GREATER_THAN_THRESHOLD,
  ): void {
    const [datapointsToAlarm, evaluationPeriods] = times;
    const alarm = new Alarm(this, id, {
      metric,
      threshold: above,
      comparisonOperator,
      datapointsToAlarm,
      evaluationPeriods,
      alarmDescription: `${meaning} What to do: docs/deploy.md, "Alarms".`,
      treatMissingData: missing,
    });
    const action = new SnsAction(this.#topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}
