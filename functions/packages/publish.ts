import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bucket, objectKeys } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import { encodeManifest } from "./encode.ts";
import type { Manifest } from "./manifest.ts";
import { notePackageUse } from "./use.ts";

/** A package is being deleted for longer than that takes. Trying again later helps. */
export class PackageLocked extends Error {
  override readonly name = "PackageLocked";
}

/** How long, and how often, one that is being deleted is waited for, ms. */
const LOCKED_MS = 30_000;
const POLL_MS = 250;

/**
 * Publishes a package: its model, and then its manifest, so that nobody finds one without the other. Objects are named by
 * their content and created only once; who publishes the same package finds them there.
 *
 * @param file the FMU
 */
export async function publishPackage(
  { redis, bucket, clock }: { readonly redis: Redis; readonly bucket: Bucket; readonly clock: () => number },
  manifest: Manifest,
  file: string,
): Promise<void> {
  const { hash } = manifest;
  const until = clock() + LOCKED_MS;
  // First of all: from here on the package is not deleted, should it be there.
  while ((await notePackageUse(redis, hash, clock())) === "locked") {
    if (clock() > until) throw new PackageLocked(`The package ${hash} is being deleted for more than ${LOCKED_MS} ms`);
    await sleep(POLL_MS);
  }
  await bucket.put(objectKeys.packageModel(hash), () => createReadStream(file));
  await bucket.put(objectKeys.packageManifest(hash), await encodeManifest(manifest));
}
