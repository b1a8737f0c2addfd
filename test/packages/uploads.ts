import { randomUUID } from "node:crypto";
import { beforeEach } from "vitest";
import type { Verify } from "../../functions/emulator-client/call.ts";
import { type TakenIn, takeIn } from "../../functions/intake/take-in.ts";
import type { Verdict } from "../../functions/packages/model.ts";
import { readRecord, type TestCaseName } from "../../functions/packages/records.ts";
import type { UploadLimits } from "../../functions/platform/limits.ts";
import type { Bucket } from "../../functions/platform/objects.ts";
import { zip } from "../fmus/zip.ts";
import { useCacheStack } from "../support/cache.ts";
import type { CacheStack } from "../support/cache-stack.ts";
import { CONFIG, entries } from "./support.ts";

export const GOOD = zip(entries());
/** A good package that can be told from others by its step. */
export const package_ = (step: number) =>
  zip(entries({ "resources/config.json": JSON.stringify({ ...CONFIG, step }) }));

const VERDICT: Verdict = { keeps: "shared", reason: null, covered: { hours: 72, fresh: 6, shared: 96 } };

/** What is uploaded for one test case, and what becomes of it. */
export class Uploads {
  /** The emulator function's answer, for there is no model in these packages. */
  verify: Verify = async () => ({ ok: true, verdict: VERDICT, log: [] });
  emulatorVersion: string | undefined;
  readonly stack: () => CacheStack;
  name: TestCaseName;

  constructor(stack: () => CacheStack) {
    this.stack = stack;
    this.name = newName();
  }

  /** @returns the object's key */
  async upload(content: Uint8Array, file?: string): Promise<string> {
    const key = `uploads/users/jo.e@x/${this.name.testcaseid}/${randomUUID()}${file === undefined ? "" : `/${file}`}`;
    await this.stack().bucket.put(key, content);
    return key;
  }

  /** What the uploads of all test cases of this scope may hold. */
  limits: UploadLimits & { publishedBytes?: number } = { bytes: 2 ** 40, files: 1_000_000 };

  take(bucket: Bucket = this.stack().bucket, limitMs = 30_000, eventId: string = randomUUID()): Promise<TakenIn> {
    const { redis } = this.stack().fixture;
    const verification = {
      verify: this.verify,
      verifyMs: 1000,
      verifyHours: 72,
      emulatorVersion: this.emulatorVersion,
    };
    const ports = { redis, bucket, clock: Date.now, ...verification };
    return takeIn(ports, this.name, { eventId, limitMs, cost: 7, limits: { publishedBytes: 2 ** 40, ...this.limits } });
  }

  recorded() {
    return readRecord(this.stack().fixture.redis, this.name);
  }

  /** The bucket, with something else in place of some of its calls. */
  bucketWith(instead: Partial<Bucket>): Bucket {
    return { ...this.stack().bucket, ...instead };
  }
}

/** One stack for the tests of a file; each of them has a test case of its own. */
export function useUploads(): Uploads {
  const uploads = new Uploads(useCacheStack());
  beforeEach(() => {
    uploads.name = newName();
    uploads.limits = { bytes: 2 ** 40, files: 1_000_000 };
  });
  return uploads;
}

function newName(): TestCaseName {
  return { scope: { kind: "user", user: "jo.e@x" }, testcaseid: `t-${randomUUID()}` };
}
