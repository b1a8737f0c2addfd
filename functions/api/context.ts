import type { Catalog } from "../emulator-client/catalog.ts";
import type { Config } from "../platform/config.ts";
import type { Bucket } from "../platform/objects.ts";
import type { Queue } from "../platform/queue.ts";
import type { PipelinedRedis, Redis } from "../platform/redis.ts";
import type { KnownModels } from "../streams/known-models.ts";
import type { RememberedTests } from "../streams/remembered.ts";
import type { HttpAnswer, HttpRequest } from "./http/request.ts";

/** The services and settings that every endpoint uses. */
export interface ApiContext {
  readonly config: Config;
  readonly redis: Redis;
  /** The same Redis; sends many calls in one round trip. */
  readonly pipelined: PipelinedRedis;
  readonly bucket: Bucket;
  readonly catalog: Catalog;
  readonly queue: Queue;
  /** Tests that this process has committed last. */
  readonly remembered: RememberedTests;
  /** Tests with compiled models that this process has had to do with. */
  readonly models: KnownModels;
}

/** Answers one route. Throws HttpError or UnknownTest to refuse a request. */
export type Endpoint = (request: HttpRequest, context: ApiContext) => Promise<HttpAnswer>;
