import type { Catalog } from "../emulator-client/catalog.ts";
import type { Config } from "../platform/config.ts";
import type { Bucket } from "../platform/objects.ts";
import type { Queue } from "../platform/queue.ts";
import type { PipelinedRedis, Redis } from "../platform/redis.ts";
import type { HttpAnswer, HttpRequest } from "./http/request.ts";

/** What the endpoints stand on. */
export interface ApiContext {
  readonly config: Config;
  readonly redis: Redis;
  /** The same Redis, for many calls in one round trip. */
  readonly pipelined: PipelinedRedis;
  readonly bucket: Bucket;
  readonly catalog: Catalog;
  readonly queue: Queue;
}

/** Answers one route. Throws HttpError or UnknownTest for what is refused. */
export type Endpoint = (request: HttpRequest, context: ApiContext) => Promise<HttpAnswer>;
