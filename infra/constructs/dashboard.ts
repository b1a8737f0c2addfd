import { Duration } from "aws-cdk-lib";
import type { HttpApi, WebSocketStage } from "aws-cdk-lib/aws-apigatewayv2";
import { Dashboard, GraphWidget, type IMetric, type IWidget, Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { METRICS, type Metric as OwnMetric } from "../../functions/platform/metric-names.ts";
import type { FunctionName } from "../bundle.ts";
import type { Settings } from "../settings.ts";
import type { Doorbells } from "./doorbells.ts";
import { metricsNamespace } from "./service-function.ts";
import type { UploadEvents } from "./upload-events.ts";

export interface DashboardProps {
  readonly api: HttpApi;
  readonly socket: WebSocketStage;
  readonly functions: Readonly<Record<FunctionName, { readonly function: IFunction }>>;
  readonly doorbells: Doorbells;
  readonly uploads: UploadEvents;
  readonly settings: Settings;
}

/** One page of metrics: calls, workers, queues and cost. */
export class ServiceDashboard extends Construct {
  constructor(scope: Construct, id: string, { api, socket, functions, doorbells, uploads, settings }: DashboardProps) {
    super(scope, id);
    const namespace = metricsNamespace(settings.stage);
    const own = (metricName: OwnMetric, statistic: string) => new Metric({ namespace, metricName, statistic });
    const sum = { statistic: Stats.SUM };
    const ofEach = (read: (each: { readonly function: IFunction }) => IMetric) => Object.values(functions).map(read);

    new Dashboard(this, "Page", {
      dashboardName: `boptest-${settings.stage}`,
      defaultInterval: Duration.hours(6),
      widgets: [
        [
          graph("Calls and failures", [api.metricCount(sum), api.metricClientError(sum), api.metricServerError(sum)]),
          graph("Latency of calls, ms", [
            api.metricLatency({ statistic: Stats.p(50) }),
            api.metricLatency({ statistic: Stats.p(99) }),
          ]),
          graph("From arrival to commit, ms", [
            own(METRICS.enqueueToCommit, Stats.p(50)),
            own(METRICS.enqueueToCommit, Stats.p(99)),
          ]),
        ],
        [
          graph("Waiting", [
            own(METRICS.oldestUnanswered, Stats.MAXIMUM),
            doorbells.queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM }),
          ]),
          graph("Doorbells", [
            doorbells.queue.metricNumberOfMessagesSent(sum),
            own(METRICS.forgotten, Stats.SUM),
            doorbells.dead.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM }),
          ]),
          graph("Trouble", [
            own(METRICS.lostLeases, Stats.SUM),
            own(METRICS.redeliveries, Stats.SUM),
            own(METRICS.limited, Stats.SUM),
            own(METRICS.heldBack, Stats.SUM),
            own(METRICS.unconfined, Stats.SUM),
          ]),
        ],
        [
          graph(
            "Functions: duration, ms (p99)",
            ofEach(({ function: fn }) => fn.metricDuration({ statistic: Stats.p(99) })),
          ),
          graph(
            "Functions: errors",
            ofEach(({ function: fn }) => fn.metricErrors(sum)),
          ),
          graph(
            "Functions: throttles",
            ofEach(({ function: fn }) => fn.metricThrottles(sum)),
          ),
        ],
        [
          graph("WebSocket: connections, messages", [
            socket.metric("ConnectCount", sum),
            socket.metric("MessageCount", sum),
          ]),
          graph("WebSocket: failures", [
            socket.metric("ClientError", sum),
            socket.metric("ExecutionError", sum),
            socket.metric("IntegrationError", sum),
          ]),
          graph("WebSocket: time of the function, ms", [
            socket.metric("IntegrationLatency", { statistic: Stats.p(50) }),
            socket.metric("IntegrationLatency", { statistic: Stats.p(99) }),
          ]),
        ],
        [
          graph("Polls", [own(METRICS.polls, Stats.SUM)]),
          graph("Models' states", [own(METRICS.stateChecks, Stats.SUM), own(METRICS.stateFallbacks, Stats.SUM)]),
          graph("Object cache", [
            own(METRICS.cacheHits, Stats.SUM),
            own(METRICS.cacheMisses, Stats.SUM),
            own(METRICS.cacheBusy, Stats.SUM),
            own(METRICS.cacheCreated, Stats.SUM),
          ]),
          graph(
            "Functions: invocations",
            ofEach(({ function: fn }) => fn.metricInvocations(sum)),
          ),
        ],
        [
          graph("Compiled models: time of a call, ms", [
            functions.emulator.function.metricDuration({ statistic: Stats.p(50) }),
            functions.emulator.function.metricDuration({ statistic: Stats.p(99) }),
          ]),
          graph("Uploaded test cases", [
            functions.intake.function.metricInvocations(sum),
            functions.intake.function.metricErrors(sum),
            uploads.failed.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM }),
          ]),
          graph("Commands computed before they are sent", [
            own(METRICS.warmHits, Stats.SUM),
            own(METRICS.warmMisses, Stats.SUM),
            own(METRICS.warmWasted, Stats.SUM),
          ]),
        ],
      ],
    });
  }
}

function graph(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({ title, left, width: 8, height: 6, leftYAxis: { min: 0 } });
}
