import { CfnOutput, Duration, Stack, Tags } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { DataBucket } from "./constructs/data-bucket.ts";
import { Doorbells } from "./constructs/doorbells.ts";
import { Operations } from "./constructs/operations.ts";
import { PublicApi } from "./constructs/public-api.ts";
import { RedisSecret } from "./constructs/redis-secret.ts";
import { ServiceFunction } from "./constructs/service-function.ts";
import { SweepSchedule } from "./constructs/sweep-schedule.ts";
import type { Settings } from "./settings.ts";

/** API Gateway gives an answer 29 s; the function ends a second later, so that it is the gateway that gives up. */
const API_TIMEOUT = Duration.seconds(30);
/** A worker computes for 20 s at most before it hands over (COMPUTE_MS); the rest is for its last step's end. */
const WORKER_TIMEOUT = Duration.seconds(60);
const SWEEPER_TIMEOUT = Duration.seconds(60);

/** One deployment of the service: everything but the Redis database, which Upstash runs. */
export class BoptestStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, {
      description: `boptest-serverless, stage ${settings.stage}`,
      // Holds under any account and region: nothing is looked up.
      analyticsReporting: false,
    });
    const { stage } = settings;
    Tags.of(this).add("service", "boptest-serverless");
    Tags.of(this).add("stage", stage);

    const redis = new RedisSecret(this, "Redis");
    const data = new DataBucket(this, "Data", { keep: settings.keepData });
    const doorbells = new Doorbells(this, "Doorbells", { workerTimeout: WORKER_TIMEOUT });

    const api = new ServiceFunction(this, "Api", {
      bundle: "api",
      description: "Answers HTTP: queues commands, reads committed state",
      memoryMb: 512,
      timeout: API_TIMEOUT,
      stage,
    });
    redis.bind(api);
    doorbells.bindRinger(api);
    // Reads segments for results. URLs and forms that it signs may do what it may: fetch an answer, post a test case.
    data.bind(api, {
      read: ["results", "answers"],
      create: ["answers", "uploads"],
      remove: ["uploads"],
      list: ["uploads"],
    });

    const worker = new ServiceFunction(this, "Worker", {
      bundle: "worker",
      description: "Carries out the commands of one test at a time",
      memoryMb: 1024,
      timeout: WORKER_TIMEOUT,
      stage,
    });
    redis.bind(worker);
    doorbells.bindRinger(worker);
    doorbells.bindAnswerer(worker, settings.workers);
    // Reads back segments of a warm-up that it was suspended in, to share all of it.
    data.bind(worker, { read: ["results", "cache"], create: ["results", "cache"], missing: true });

    const sweeper = new ServiceFunction(this, "Sweeper", {
      bundle: "sweeper",
      description: "Rings for forgotten requests, ends idle tests, removes objects that nobody needs",
      memoryMb: 512,
      timeout: SWEEPER_TIMEOUT,
      stage,
    });
    redis.bind(sweeper);
    doorbells.bindRinger(sweeper);
    // Reads the checkpoints among the segments: they say which of these they need.
    data.bind(sweeper, { read: ["results"], remove: ["results", "cache"], list: ["results", "cache"] });
    new SweepSchedule(this, "Sweep", sweeper);

    const http = new PublicApi(this, "Http", { answeredBy: api, settings });
    new Operations(this, "Operations", { api: http.api, functions: { api, worker, sweeper }, doorbells, settings });

    new CfnOutput(this, "Url", { value: settings.domain ? `https://${settings.domain.name}` : http.api.apiEndpoint });
    new CfnOutput(this, "BucketName", { value: data.bucket.bucketName });
    if (http.domain) {
      new CfnOutput(this, "DomainTarget", {
        description: "What the domain's CNAME or alias record is to point to",
        value: http.domain.regionalDomainName,
      });
    }
  }
}
