import { join } from "node:path";
import { Duration, RemovalPolicy, type Size, Validations } from "aws-cdk-lib";
import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { ENV } from "../../functions/platform/environment.ts";
import { DIST, type FunctionName } from "../bundle.ts";

/** Files of a bundle's folder that are not uploaded: the bundler's notes, and unfinished files. */
export const NO_ARTIFACTS = ["bundle.json", "*.bundle.json", ".*"];

/** Retries of asynchronous events after a failure. */
export interface Asynchronous {
  readonly retryAttempts: number;
  readonly maxEventAge: Duration;
  /** The queue for events whose attempts have all failed. */
  readonly failed?: Queue;
}

/** For events that the next minute, or the queue, repeats: Lambda does not retry. */
const TRIED_ELSEWHERE: Asynchronous = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };

export interface ServiceFunctionProps {
  readonly bundle: FunctionName;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeout: Duration;
  readonly stage: string;
  /** Size of /tmp; 512 MB by default. */
  readonly storage?: Size;
  readonly asynchronous?: Asynchronous;
  /** Whether the function may invoke itself repeatedly. By default Lambda ends such chains after about 16 invocations. */
  readonly recursive?: boolean;
}

/** One of the service's functions: its bundle, its log, and a role that can only log and trace. */
export class ServiceFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logs: LogGroup;
  readonly #role: Role;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { failed, ...asynchronous } = props.asynchronous ?? TRIED_ELSEWHERE;
    // A log group of the stack: one made by Lambda would never expire, and outlive the stack.
    this.logs = new LogGroup(this, "Logs", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.#role.addToPolicy(
      new PolicyStatement({
        sid: "WriteOwnLog",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [this.logs.logGroupArn],
      }),
    );
    this.function = new LambdaFunction(this, "Function", {
      description: props.description,
      code: Code.fromAsset(join(DIST, props.bundle), { exclude: NO_ARTIFACTS }),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      // A fifth cheaper than x86-64; these functions have no native code.
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb,
      timeout: props.timeout,
      role: this.#role,
      logGroup: this.logs,
      tracing: Tracing.ACTIVE,
      ...asynchronous,
      ...(props.recursive ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
      // The construct library's destination would also let the function read the queue's attributes.
      ...(failed ? { onFailure: { bind: () => ({ destination: failed.queueArn }) } } : {}),
      ...(props.storage ? { ephemeralStorageSize: props.storage } : {}),
      environment: { NODE_OPTIONS: "--enable-source-maps", [ENV.metricsNamespace]: metricsNamespace(props.stage) },
    });
    if (failed) this.allow("KeepFailedEvents", ["sqs:SendMessage"], [failed.queueArn]);
    this.explain("Resource::*", "X-Ray's two calls for sending traces know no resources.");
  }

  /** Adds permissions. The `bind` methods of constructs call it, and set the variables that belong to them. */
  allow(
    sid: string,
    actions: string[],
    resources: string[],
    conditions?: Record<string, Record<string, unknown>>,
  ): void {
    this.#role.addToPolicy(
      new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources, ...(conditions ? { conditions } : {}) }),
    );
  }

  tell(name: string, value: string): void {
    this.function.addEnvironment(name, value);
  }

  /** Gives the reason for a wildcard in the permissions. */
  explain(finding: string, reason: string): void {
    Validations.of(this.#role).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason });
  }
}

/** The CloudWatch namespace of a stage's metrics. */
export function metricsNamespace(stage: string): string {
  return `boptest/${stage}`;
}
