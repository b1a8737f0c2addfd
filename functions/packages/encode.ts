import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { MANIFEST_LAYOUT, type Manifest, READABLE_LAYOUTS } from "./manifest.ts";
import { unverified } from "./model.ts";

/** Size limit of an unpacked manifest, bytes. */
const MAX_BYTES = 256 * 1024 ** 2;

/** Why a package of an older layout is replayed. */
const OLDER =
  "It was uploaded before this service verified that a model's saved state is its state. Upload it again to have that done.";

/** A manifest in which equal texts of columns stand once: columns contain the index of their text. */
interface Encoded extends Omit<Manifest, "boundary"> {
  readonly texts: readonly string[];
  readonly boundary: readonly (Omit<Manifest["boundary"][number], "times" | "values"> & {
    readonly times: number;
    readonly values: number;
  })[];
}

/** Encodes a manifest as gzipped JSON. */
export async function encodeManifest(manifest: Manifest): Promise<Uint8Array> {
  const texts = new Map<string, number>();
  const indexOf = (text: string): number => {
    const index = texts.get(text) ?? texts.size;
    texts.set(text, index);
    return index;
  };
  const boundary = manifest.boundary.map((column) => ({
    ...column,
    times: indexOf(column.times),
    values: indexOf(column.values),
  }));
  const encoded: Encoded = { ...manifest, boundary, texts: [...texts.keys()] };
  return await promisify(gzip)(JSON.stringify(encoded));
}

/**
 * Decodes what `encodeManifest` encoded. Columns of equal content share their text.
 * @returns undefined for a layout that this version cannot read
 */
export async function decodeManifest(bytes: Uint8Array): Promise<Manifest | undefined> {
  const json = await promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES });
  const { texts, boundary, ...rest } = JSON.parse(json.toString("utf8")) as Encoded;
  if (!READABLE_LAYOUTS.includes(rest.layout)) return undefined;
  const isVerified = rest.layout === MANIFEST_LAYOUT;
  return {
    ...rest,
    ...(isVerified ? {} : { model: { ...rest.model, keeps: "replayed" }, verdict: unverified(OLDER) }),
    boundary: boundary.map((column) => ({
      ...column,
      times: texts[column.times] ?? "",
      values: texts[column.values] ?? "",
    })),
  };
}
