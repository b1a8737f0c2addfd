import { type Objects, objectKeys } from "../platform/objects.ts";
import { decodeManifest } from "./encode.ts";
import type { Manifest } from "./manifest.ts";

const HASH = /^[0-9a-f]{64}$/;

/** Whether a test's version is a package's hash. */
export function isPackageHash(version: string): boolean {
  return HASH.test(version);
}

/**
 * Reads a package's manifest: one GET. Callers that go on using the package call `notePackageUse` now and then.
 * @returns undefined if there is none, or if this version cannot read its layout
 */
export async function readManifest(objects: Pick<Objects, "read">, hash: string): Promise<Manifest | undefined> {
  if (!isPackageHash(hash)) return undefined;
  const bytes = await objects.read(objectKeys.packageManifest(hash));
  return bytes === undefined ? undefined : await decodeManifest(bytes);
}
