import { type Objects, objectKeys } from "../platform/objects.ts";
import { decodeManifest } from "./encode.ts";
import type { Manifest } from "./manifest.ts";

const HASH = /^[0-9a-f]{64}$/;

/** Whether a test's version is a package's hash. */
export function isPackageHash(version: string): boolean {
  return HASH.test(version);
}

/**
 * A package's manifest: one GET. Undefined if there is none, or if it is of a layout that this version does not read.
 * Tell `notePackageUse` of it, now and then.
 */
export async function readManifest(objects: Pick<Objects, "read">, hash: string): Promise<Manifest | undefined> {
  if (!isPackageHash(hash)) return undefined;
  const bytes = await objects.read(objectKeys.packageManifest(hash));
  return bytes === undefined ? undefined : await decodeManifest(bytes);
}
