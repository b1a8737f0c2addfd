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

/** What of a bundle's folder is not uploaded: what the bundler notes for itself, and unfinished files. */
export const NO_ARTIFACTS = ["bundle.json", "*.bundle.json", ".*"];

/** What becomes of an event that nobody waits for, when the function fails at it. */
export interface Asynchronous {
  readonly retryAttempts: number;
  readonly maxEventAge: Duration;
  /** Where it ends when all attempts have failed. */
  readonly failed?: Queue;
}

/** Next minute, or the queue, tries again: Lambda need not. */
const TRIED_ELSEWHERE: Asynchronous = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };

export interface ServiceFunctionProps {
  readonly bundle: FunctionName;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeout: Duration;
  readonly stage: string;
  /** Of /tmp; 512 MB unless said. */
  readonly storage?: Size;
  readonly asynchronous?: Asynchronous;
  /** Whether it may wake itself over and over: Lambda ends such chains after about 16 invocations unless told so. */
  readonly recursive?: boolean;
}

/** One of the service's functions: its bundle, its log and a role that may do nothing yet but log and trace. */
export class ServiceFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logs: LogGroup;
  readonly #role: Role;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { failed, ...asynchronous } = props.asynchronous ?? TRIED_ELSEWHERE;
    // A group of our own, because one that Lambda makes by itself would never expire and outlive the stack.
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
      // A fifth cheaper; nothing here is compiled for another.
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb,
      timeout: props.timeout,
      role: this.#role,
      logGroup: this.logs,
      tracing: Tracing.ACTIVE,
      ...asynchronous,
      ...(props.recursive ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
      // The construct library's own destination would let the function read the queue's attributes, too.
      ...(failed ? { onFailure: { bind: () => ({ destination: failed.queueArn }) } } : {}),
      ...(props.storage ? { ephemeralStorageSize: props.storage } : {}),
      environment: { NODE_OPTIONS: "--enable-source-maps", [ENV.metricsNamespace]: metricsNamespace(props.stage) },
    });
    if (failed) this.allow("KeepFailedEvents", ["sqs:SendMessage"], [failed.queueArn]);
    this.explain("Resource::*", "X-Ray's two calls for sending traces know no resources.");
  }

  /** Allows what a construct's `bind` tells together with the variables that go with it. */
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

  /** Says why a wildcard in what was allowed is meant. */
  explain(finding: string, reason: string): void {
    Validations.of(this.#role).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason });
  }
}

/** Where the functions' metrics of a stage appear in CloudWatch. */
export function metricsNamespace(stage: string): string {
  return `boptest/${stage}`;
}
