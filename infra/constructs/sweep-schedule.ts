import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import type { ServiceFunction } from "./service-function.ts";

/** Runs the sweeper every minute. A failed run is not repeated, because the next one follows soon. */
export class SweepSchedule extends Construct {
  constructor(scope: Construct, id: string, sweeper: ServiceFunction) {
    super(scope, id);
    new Rule(this, "EveryMinute", {
      description: "Runs the sweeper: forgotten requests, idle tests, old objects",
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweeper.function, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
  }
}
