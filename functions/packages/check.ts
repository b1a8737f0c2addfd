import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Emulator } from "../simulation/emulator.ts";
import { type ArchivedFile, readArchive } from "./archive.ts";
import { readBoundary } from "./boundary-columns.ts";
import { isExcluded, type PackageConfig, readConfig, readDays, readSettings, type SettingsFile } from "./config.ts";
import { claimedKeeping, type Kind, readKind } from "./kind.ts";
import { checkNeeds, readKpiMap } from "./kpi-map.ts";
import { describeBytes, PACKAGE_LIMITS, type PackageLimits } from "./limits.ts";
import { MANIFEST_LAYOUT, type Manifest } from "./manifest.ts";
import { BadDescription, type ModelDescription, readModelDescription } from "./model-description.ts";
import { readPoints } from "./points.ts";
import { Reasons } from "./reasons.ts";
import { testCaseOf } from "./testcase.ts";

/** What was uploaded: the FMU, in a file, and what was uploaded beside it. */
export interface UploadedFiles {
  readonly fmu: string;
  readonly beside: ReadonlyMap<SettingsFile, Uint8Array>;
}

export type Checked =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly reasons: readonly string[] };

const DESCRIPTION = "modelDescription.xml";
const LIBRARIES = "binaries/linux64/";
const RESOURCES = "resources/";

/** An ELF file's head: magic, 64 bits, little endian; then, at 16, a shared object (3) for x86-64 (62). */
const HEAD_BYTES = 20;

/**
 * Checks a test case package, and describes it. Every rule that can be looked at is looked at, so that whoever uploaded it
 * learns all that is wrong at once.
 *
 * @param options.signal ends the check, which then rejects
 */
export async function checkPackage(
  files: UploadedFiles,
  options: { readonly signal: AbortSignal; readonly limits?: PackageLimits },
): Promise<Checked> {
  const { signal, limits = PACKAGE_LIMITS } = options;
  const reasons = new Reasons();
  const refused = (): Checked => ({ ok: false, reasons: reasons.list() });
  const { size } = await stat(files.fmu);
  if (size > limits.archiveBytes) {
    reasons.add(`The file has ${describeBytes(size)}. At most ${describeBytes(limits.archiveBytes)} are allowed.`);
    return refused();
  }
  // All of it is unpacked once, for whoever runs the model does so too: that it is sound is known from then on.
  const archive = await readArchive(files.fmu, (name) => keptOf(name, limits), limits, reasons, signal);
  // What an archive that is damaged or unsafe would hold, is not looked at.
  if (reasons.count > 0) return refused();

  const description = describe(archive, limits, reasons);
  const kind = description && readKind(description, reasons);
  if (kind) checkLibrary(archive, kind, reasons);
  const points = description && readPoints(description, limits, reasons);
  const settings = (name: SettingsFile) => {
    const bytes = files.beside.get(name) ?? archive.get(RESOURCES + name)?.content;
    return readSettings(name, bytes, limits.jsonBytes, reasons);
  };
  const configFields = settings("config.json");
  const config = configFields && readConfig(configFields, reasons);
  const daysFields = settings("days.json");
  const days = daysFields && readDays(daysFields, reasons);
  const kpiFields = settings("kpis.json");

  const measurements = new Set(Object.keys(points?.measurements ?? {}));
  const kpiMap = kpiFields && points && readKpiMap(kpiFields, measurements, reasons);
  const data = dataFiles(archive, config, limits, reasons);
  const tables = await readArchive(files.fmu, (name) => data.get(name), limits, reasons, signal);
  const csv = [...data.keys()].map((name): [string, Buffer] => [name, tables.get(name)?.content ?? Buffer.alloc(0)]);
  const boundary = readBoundary(new Map(csv), limits, reasons);
  if (!config || !days || !kind || !points || !kpiMap) return refused();

  const { area, defaults } = config;
  const { inputs, modelInputs, modelOutputs } = points;
  const parts = { area, defaults, days, inputs, measurements: points.measurements, kpiMap, boundary };
  checkNeeds(testCaseOf({ hash: "", ...parts }, "", NO_EMULATOR), reasons);
  if (reasons.count > 0) return refused();

  const fmuHash = await hashOf(files.fmu);
  return {
    ok: true,
    manifest: {
      layout: MANIFEST_LAYOUT,
      hash: packageHash(fmuHash, files.beside),
      fmu: { hash: fmuHash, bytes: size },
      ...parts,
      model: { ...kind, keeps: claimedKeeping(kind), inputs: modelInputs, outputs: modelOutputs },
    },
  };
}

/** How many of a file's first bytes are of use; of the CSV files, which may be large, only later. */
function keptOf(name: string, limits: PackageLimits): number {
  if (name === DESCRIPTION) return limits.descriptionBytes + 1;
  if (name.startsWith(LIBRARIES)) return HEAD_BYTES;
  if (/^resources\/(config|days|kpis)\.json$/.test(name)) return limits.jsonBytes + 1;
  return 0;
}

function describe(
  archive: ReadonlyMap<string, ArchivedFile>,
  limits: PackageLimits,
  reasons: Reasons,
): ModelDescription | undefined {
  const bytes = archive.get(DESCRIPTION)?.content;
  if (bytes === undefined) {
    reasons.add(`${DESCRIPTION} is missing: the file is no FMU.`);
    return undefined;
  }
  if (bytes.length > limits.descriptionBytes) {
    reasons.add(`${DESCRIPTION} has more than ${describeBytes(limits.descriptionBytes)}.`);
    return undefined;
  }
  try {
    return readModelDescription(bytes);
  } catch (error) {
    if (!(error instanceof BadDescription)) throw error;
    reasons.add(`${DESCRIPTION} ${error.message}.`);
    return undefined;
  }
}

/** The platform: a library for x86-64 Linux under the model's name. */
function checkLibrary(archive: ReadonlyMap<string, ArchivedFile>, { identifier }: Kind, reasons: Reasons): void {
  const path = `${LIBRARIES}${identifier}.so`;
  const head = archive.get(path)?.content;
  if (head === undefined) {
    const others = [...archive.keys()].flatMap((name) => /^binaries\/([^/]+)\//.exec(name)?.[1] ?? []);
    const list = [...new Set(others)].slice(0, 10).join(", ");
    reasons.add(`${path} is missing: the model must be compiled for linux64.${list ? ` There is: ${list}.` : ""}`);
    return;
  }
  const isElf = head.length === HEAD_BYTES && head.readUInt32BE(0) === 0x7f454c46 && head[4] === 2 && head[5] === 1;
  if (!isElf || head.readUInt16LE(16) !== 3 || head.readUInt16LE(18) !== 62) {
    reasons.add(`${path} is no shared library for x86-64 Linux.`);
  }
}

/** The CSV files that may hold boundary data, and their sizes. */
function dataFiles(
  archive: ReadonlyMap<string, ArchivedFile>,
  config: PackageConfig | undefined,
  limits: PackageLimits,
  reasons: Reasons,
): Map<string, number> {
  const files = [...archive].flatMap(([name, { size }]): [string, number][] => {
    const isCsv = name.startsWith(RESOURCES) && name.toLowerCase().endsWith(".csv");
    return isCsv && !isExcluded(name, config?.exclusions ?? []) ? [[name, size]] : [];
  });
  const bytes = files.reduce((sum, [, size]) => sum + size, 0);
  if (bytes <= limits.csvBytes) return new Map(files);
  reasons.add(
    `The CSV files in ${RESOURCES} have ${describeBytes(bytes)} in all. At most ${describeBytes(limits.csvBytes)} are allowed; resource_file_exclusion in config.json can leave some out.`,
  );
  return new Map();
}

/** Of all that was uploaded, and of how it is described: so a package of one hash is one package for ever. */
function packageHash(fmuHash: string, beside: UploadedFiles["beside"]): string {
  const lines = [...beside].map(([name, bytes]) => `${name} ${createHash("sha256").update(bytes).digest("hex")}`);
  const text = [`layout ${MANIFEST_LAYOUT}`, `model.fmu ${fmuHash}`, ...lines.sort()].join("\n");
  return createHash("sha256").update(text).digest("hex");
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** The check simulates nothing. */
const NO_EMULATOR: Emulator = {
  cost: 0,
  initialize: () => Promise.reject(new Error("nothing is simulated here")),
  advance: () => Promise.reject(new Error("nothing is simulated here")),
};
