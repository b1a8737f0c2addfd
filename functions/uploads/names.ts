import { fieldOf, type TestCaseName } from "../packages/records.ts";
import { keys } from "../platform/keys.ts";
import type { Redis } from "../platform/redis.ts";

/**
 * Whether something may be uploaded: asked of Redis, so that selecting what was never uploaded needs no S3. One command. A
 * name stays there for a while when its files are deleted, for a form may still be about.
 */
export async function maybeUploaded(redis: Redis, name: TestCaseName): Promise<boolean> {
  return (await redis.command(["ZSCORE", keys.uploadNames(), fieldOf(name)])) !== null;
}
