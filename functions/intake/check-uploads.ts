import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDataFile } from "../packages/beside.ts";
import { checkPackage, tooLarge } from "../packages/check.ts";
import { describeBytes, PACKAGE_LIMITS } from "../packages/limits.ts";
import type { Manifest } from "../packages/manifest.ts";
import { publishPackage } from "../packages/publish.ts";
import { countPublished } from "../packages/published.ts";
import { CHECK_LIMIT_MS, type PackageRecord, type TestCaseName } from "../packages/records.ts";
import { remarkOf } from "../packages/remark.ts";
import { ownerOf } from "../packages/scope.ts";
import type { Bucket } from "../platform/objects.ts";
import { resultsWidth } from "../results/width.ts";
import type { Uploads } from "../uploads/uploads.ts";
import { download, Vanished } from "./download.ts";
import { type TryPorts, tryModel } from "./try-model.ts";

/** What taking uploads in needs. `clock`: Unix time, ms. */
export interface IntakePorts extends TryPorts {
  readonly clock: () => number;
}

/**
 * Downloads and checks what was uploaded of a test case, and publishes it if it is good.
 * @returns the record of the outcome, which the caller writes
 * @throws Vanished if a file was replaced or deleted meanwhile
 */
export async function checkUploads(
  ports: IntakePorts,
  name: TestCaseName,
  uploads: Uploads,
  options: { readonly limitMs: number; readonly cost: number },
): Promise<PackageRecord> {
  const { newest: upload, fmu } = uploads;
  const refused = (...reasons: string[]): PackageRecord => ({ state: "refused", upload, reasons });
  if (fmu === undefined)
    return refused(
      "There are only files that go beside an FMU, and no FMU. Upload the FMU, too: ask for a post-form without ?file=.",
    );
  const { archiveBytes } = PACKAGE_LIMITS;
  if (fmu.bytes > archiveBytes) return refused(tooLarge(fmu.bytes));
  const csv = [...uploads.beside].filter(([name]) => isDataFile(name)).map(([, { bytes }]) => bytes);
  const csvBytes = csv.reduce((sum, bytes) => sum + bytes, 0);
  if (csv.length > PACKAGE_LIMITS.besideCsvFiles || csvBytes > PACKAGE_LIMITS.csvBytes) {
    return refused(
      `Beside the FMU there are ${csv.length} CSV files of ${describeBytes(csvBytes)}. At most ${PACKAGE_LIMITS.besideCsvFiles} of ${describeBytes(PACKAGE_LIMITS.csvBytes)} are allowed. Delete one with DELETE …?file={name}.`,
    );
  }
  const signal = AbortSignal.timeout(options.limitMs);
  const folder = await makeFolder(ports.clock());
  try {
    const file = join(folder, "model.fmu");
    await download(ports.bucket, fmu.key, file, { maxBytes: archiveBytes, signal });
    const beside = await readBeside(ports.bucket, uploads);
    const checked = await checkPackage({ fmu: file, beside }, { signal });
    if (!checked.ok) return refused(...checked.reasons);
    const tried = await tryModel(ports, checked.value, { key: fmu.key, owner: ownerOf(name.scope) });
    if (!tried.ok) return refused(...tried.reasons);
    await publishPackage({ redis: ports.redis, bucket: ports.bucket, clock: ports.clock }, tried.value, file);
    await countPublished(ports.redis, name.scope, { hash: tried.value.hash, bytes: fmu.bytes });
    return publishedRecord(tried.value, name, upload, options.cost);
  } catch (error) {
    if (!signal.aborted) throw error;
    return refused(
      `The check of the file took longer than ${Math.round(options.limitMs / 1000)} s. Upload a smaller one.`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const FOLDERS = "boptest-intake-";

/** Makes a folder for this check. Removes old folders of checks whose process ended. */
async function makeFolder(nowMs: number): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDERS)) continue;
    const path = join(tmpdir(), name);
    // Another check may have removed it.
    const madeMs = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => nowMs,
    );
    if (nowMs - madeMs > CHECK_LIMIT_MS) await rm(path, { recursive: true, force: true });
  }
  return await mkdtemp(join(tmpdir(), FOLDERS));
}

async function readBeside(bucket: Bucket, { beside }: Uploads): Promise<Map<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  for (const [file, { key }] of beside) {
    const bytes = await bucket.read(key);
    if (bytes === undefined) throw new Vanished(`There is no object ${key}`);
    contents.set(file, bytes);
  }
  return contents;
}

function publishedRecord(
  manifest: Manifest,
  { scope }: TestCaseName,
  upload: Uploads["newest"],
  cost: number,
): PackageRecord {
  const remark = remarkOf(manifest);
  return {
    state: "published",
    upload,
    package: manifest.hash,
    layout: manifest.layout,
    owner: ownerOf(scope),
    step: manifest.defaults.step,
    cost,
    width: resultsWidth(manifest),
    ...(remark === undefined ? {} : { remark }),
  };
}
