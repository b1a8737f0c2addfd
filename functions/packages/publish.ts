import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bucket, objectKeys } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import { encodeManifest } from "./encode.ts";
import type { Manifest } from "./manifest.ts";
import { notePackageUse } from "./use.ts";

/** A package is locked for longer than a deletion takes. Trying again later helps. */
export class PackageLocked extends Error {
  override readonly name = "PackageLocked";
}

/** How long, and at which intervals, publishing waits for the deletion of the same package, ms. */
const LOCKED_MS = 30_000;
const POLL_MS = 250;

/**
 * Publishes a package: its model, and then its manifest, so that a manifest always has its model. Objects are named by their
 * content and created once; publishing the same package again changes nothing.
 *
 * @param file path of the FMU
 * @throws PackageLocked
 */
export async function publishPackage(
  { redis, bucket, clock }: { readonly redis: Redis; readonly bucket: Bucket; readonly clock: () => number },
  manifest: Manifest,
  file: string,
): Promise<void> {
  const { hash } = manifest;
  const until = clock() + LOCKED_MS;
  // Note the use first: from here on the package is not deleted if it exists already.
  while ((await notePackageUse(redis, hash, clock())) === "locked") {
    if (clock() > until) throw new PackageLocked(`The package ${hash} is being deleted for more than ${LOCKED_MS} ms`);
    await sleep(POLL_MS);
  }
  await bucket.put(objectKeys.packageModel(hash), () => createReadStream(file));
  await bucket.put(objectKeys.packageManifest(hash), await encodeManifest(manifest));
}
