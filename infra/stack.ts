import { CfnOutput, Duration, Size, Stack, Tags } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { DataBucket } from "./constructs/data-bucket.ts";
import { Doorbells } from "./constructs/doorbells.ts";
import { EmulatorFunction } from "./constructs/emulator-function.ts";
import { Operations } from "./constructs/operations.ts";
import { PublicApi } from "./constructs/public-api.ts";
import { RedisSecret } from "./constructs/redis-secret.ts";
import { ServiceFunction } from "./constructs/service-function.ts";
import { SocketApi } from "./constructs/socket-api.ts";
import { SweepSchedule } from "./constructs/sweep-schedule.ts";
import { UploadEvents } from "./constructs/upload-events.ts";
import type { Settings } from "./settings.ts";

/** API Gateway waits 29 s for an answer. The function ends a second later, so that the gateway gives up first. */
const API_TIMEOUT = Duration.seconds(30);
/**
 * A worker computes for 20 s at most before it hands over (COMPUTE_MS). The rest is for the end of its last step: a model
 * that repeats its history may compute for 180 s (REPLAY_MS) after it was fetched and started.
 */
const WORKER_TIMEOUT = Duration.seconds(300);
const SWEEPER_TIMEOUT = Duration.seconds(60);
/** Shorter than the worker's, because the worker must still commit the result. */
const EMULATOR_TIMEOUT = Duration.seconds(260);
/** Enough to fetch, check and publish the largest file several times. */
const INTAKE_TIMEOUT = Duration.minutes(5);

/** One deployment of the service, without the Redis database, which Upstash runs. */
export class BoptestStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, {
      description: `boptest-serverless, stage ${settings.stage}`,
      // Nothing is looked up, so that the template is valid for every account and region.
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
    // Reads segments for results, and writes those of steps that it carries out; reads the manifests of packages. The URLs and forms that it signs have its own permissions:
    // fetch an answer, post a test case.
    data.bind(api, {
      read: ["results", "answers", "packages"],
      create: ["results", "answers", "uploads"],
      remove: ["uploads"],
      list: ["uploads"],
      missing: true,
    });

    const worker = new ServiceFunction(this, "Worker", {
      bundle: "worker",
      description: "Carries out the commands of one test at a time",
      // A long step rings for its own next worker; streams/doorbell.ts has the limit.
      recursive: true,
      memoryMb: 1024,
      timeout: WORKER_TIMEOUT,
      stage,
    });
    redis.bind(worker);
    doorbells.bindRinger(worker);
    doorbells.bindAnswerer(worker, settings.workers);
    // Reads the segments of a suspended warm-up back, to share all of it. It signs the URLs by which the emulator fetches
    // packages.
    data.bind(worker, { read: ["results", "cache", "packages"], create: ["results", "cache"], missing: true });

    const emulator = new EmulatorFunction(this, "Emulator", {
      timeout: EMULATOR_TIMEOUT,
      ...(settings.emulators === undefined ? {} : { reserved: settings.emulators }),
    });
    emulator.bindCaller(worker);
    // Small steps of models that are alive. They take slots of the same shares as a worker's.
    emulator.bindCaller(api);
    doorbells.tellWorkers(api, settings.workers);

    const uploads = new UploadEvents(this, "Uploads");
    const intake = new ServiceFunction(this, "Intake", {
      bundle: "intake",
      description: "Checks uploaded test cases and publishes them",
      memoryMb: 2048,
      timeout: INTAKE_TIMEOUT,
      storage: Size.gibibytes(4),
      asynchronous: uploads.asynchronous,
      stage,
    });
    redis.bind(intake);
    // Calls models by signed URLs of the uploads. Removes uploads that newer ones have replaced.
    emulator.bindCaller(intake);
    emulator.tellVersion(intake);
    data.bind(intake, { read: ["uploads", "packages"], create: ["packages"], remove: ["uploads"], missing: true });
    uploads.bind(data.bucket, intake);

    const sweeper = new ServiceFunction(this, "Sweeper", {
      bundle: "sweeper",
      description: "Rings for forgotten requests, ends idle tests, removes unused objects",
      memoryMb: 512,
      timeout: SWEEPER_TIMEOUT,
      stage,
    });
    redis.bind(sweeper);
    doorbells.bindRinger(sweeper);
    // Reads the checkpoints among the segments: they list the segments that they need.
    data.bind(sweeper, {
      read: ["results"],
      remove: ["results", "cache", "packages", "uploads"],
      list: ["results", "cache", "packages", "uploads"],
    });
    new SweepSchedule(this, "Sweep", sweeper);

    const http = new PublicApi(this, "Http", { answeredBy: api, settings });
    const socket = new SocketApi(this, "Socket", { answeredBy: api, settings });
    new Operations(this, "Operations", {
      api: http.api,
      socket: socket.stage,
      functions: { api, worker, sweeper, emulator, intake },
      doorbells,
      uploads,
      settings,
    });

    new CfnOutput(this, "Url", { value: settings.domain ? `https://${settings.domain.name}` : http.api.apiEndpoint });
    new CfnOutput(this, "WebSocketUrl", { value: socket.url });
    new CfnOutput(this, "BucketName", { value: data.bucket.bucketName });
    if (http.domain) {
      new CfnOutput(this, "DomainTarget", {
        description: "The target of the domain's CNAME or alias record",
        value: http.domain.regionalDomainName,
      });
    }
  }
}
