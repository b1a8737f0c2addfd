import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Emulator } from "../simulation/emulator.ts";
import { type ArchivedFile, readArchive } from "./archive.ts";
import { isDataFile, type SettingsFile } from "./beside.ts";
import { BINARY_HEAD_BYTES, otherBinary } from "./binary.ts";
import { type Boundary, readBoundary } from "./boundary-columns.ts";
import { isExcluded } from "./config.ts";
import type { ModelDescription } from "./description.ts";
import { claimedKeeping, type Kind, readKind } from "./kind.ts";
import { checkNeeds } from "./kpi-map.ts";
import { describeBytes, PACKAGE_LIMITS, type PackageLimits } from "./limits.ts";
import { MANIFEST_LAYOUT, type Manifest } from "./manifest.ts";
import { libraryFolder, unverified } from "./model.ts";
import { BadDescription, readModelDescription } from "./model-description.ts";
import { readPoints } from "./points.ts";
import { quoted, Reasons, type Result } from "./reasons.ts";
import { readAllSettings } from "./settings.ts";
import { testCaseOf } from "./testcase.ts";

/** The uploaded files: the path of the FMU, and the contents of the files beside it, by name (see `isBesideFile`). */
export interface UploadedFiles {
  readonly fmu: string;
  readonly beside: ReadonlyMap<string, Uint8Array>;
}

const DESCRIPTION = "modelDescription.xml";
const RESOURCES = "resources/";

/**
 * Checks a test case package, and describes it. All rules are checked as far as possible, so that the uploader learns everything
 * that is wrong at once.
 *
 * @param options.signal ends the check, which then rejects
 * @returns the package's manifest, with a model that is not tried yet; or the reasons why the package is refused
 */
export async function checkPackage(
  files: UploadedFiles,
  options: { readonly signal: AbortSignal; readonly limits?: PackageLimits },
): Promise<Result<Manifest>> {
  const { signal, limits = PACKAGE_LIMITS } = options;
  const reasons = new Reasons();
  const refused = (): Result<Manifest> => ({ ok: false, reasons: reasons.list() });
  const { size } = await stat(files.fmu);
  if (size > limits.archiveBytes) {
    reasons.add(tooLarge(size, limits));
    return refused();
  }
  // Unpack all of it once, as the emulator will: an archive that is damaged anywhere is refused here.
  const archive = await readArchive(files.fmu, (name) => keptOf(name, limits), limits, reasons, signal);
  // The contents of a damaged or unsafe archive are not checked.
  if (reasons.count > 0) return refused();

  const description = describe(archive, limits, reasons);
  const kind = description && readKind(description, reasons);
  if (kind) checkLibrary(archive, kind, reasons);
  const bytesOf = (name: SettingsFile) => files.beside.get(name) ?? archive.get(RESOURCES + name)?.content;
  const settings = readAllSettings(bytesOf, description?.defaultExperiment ?? {}, limits.jsonBytes, reasons);
  const { config, days, isPlain } = settings;
  const points = description && readPoints(description, { isPlain, limits }, reasons);
  const kpiMap = points && settings.kpiMap(new Set(Object.keys(points.measurements)));
  // Without a readable list of exclusions it is unknown which CSV files contain boundary data.
  const exclusions = bytesOf("config.json") !== undefined ? config?.exclusions : [];
  const boundary = exclusions && (await readData(files, archive, exclusions, limits, reasons, signal));
  if (!config || !days || !kind || !points || !kpiMap || !boundary) return refused();

  const { area, defaults } = config;
  const { inputs, measurements } = points;
  const parts = {
    ...{ area, defaults, days, inputs, measurements, kpiMap, boundary: boundary.columns },
    model: { ...kind, keeps: claimedKeeping(kind), inputs: points.modelInputs, outputs: points.modelOutputs },
  };
  checkNeeds(testCaseOf({ hash: "", ...parts }, "", NO_EMULATOR), boundary.unread, reasons);
  if (reasons.count > 0) return refused();

  const fmuHash = await hashOf(files.fmu);
  return {
    ok: true,
    value: {
      layout: MANIFEST_LAYOUT,
      hash: packageHash(fmuHash, files.beside),
      fmu: { hash: fmuHash, bytes: size },
      ...parts,
      ...(isPlain ? { isPlain } : {}),
      verdict: unverified("It was not tried."),
    },
  };
}

/** How many of a file's first bytes are kept. CSV files may be large, and are read later. */
function keptOf(name: string, limits: PackageLimits): number {
  if (name === DESCRIPTION) return limits.descriptionBytes + 1;
  if (/^binaries\/(linux64|x86_64-linux)\//.test(name)) return BINARY_HEAD_BYTES;
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
    const deeper = [...archive.keys()].find((name) => name.endsWith(`/${DESCRIPTION}`));
    const instead = deeper === undefined ? "" : ` There is ${quoted(deeper)}: zip the content of that folder instead.`;
    reasons.add(`${DESCRIPTION} is missing at the top of the archive: the file is no FMU.${instead}`);
    return undefined;
  }
  if (bytes.length > limits.descriptionBytes) {
    reasons.add(
      `${DESCRIPTION} has more than ${describeBytes(limits.descriptionBytes)}. Export the model with fewer variables.`,
    );
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

/** What the uploader of a model for another platform can do. */
const COMPILE = "Export the FMU for 64-bit Linux (x86-64), with its binary included, and upload it again";

/** Checks that there is a library for x86-64 Linux with the model's name. */
function checkLibrary(archive: ReadonlyMap<string, ArchivedFile>, kind: Kind, reasons: Reasons): void {
  const folder = libraryFolder(kind);
  const path = `${folder}${kind.identifier}.so`;
  const head = archive.get(path)?.content;
  if (head !== undefined) {
    const other = otherBinary(head);
    if (other === undefined) return;
    reasons.add(`${path} is ${other}. A shared library for x86-64 Linux is needed. ${COMPILE}.`);
    return;
  }
  const named = (pattern: RegExp) => [...new Set([...archive.keys()].flatMap((name) => pattern.exec(name)?.[1] ?? []))];
  const list = (names: readonly string[]) => names.slice(0, 10).join(", ");
  const platforms = named(/^binaries\/([^/]+)\/./);
  const libraries = named(new RegExp(`^${folder}([^/]+\\.so)$`));
  if (libraries.length > 0) {
    reasons.add(
      `${path} is missing: the library must have the name that modelIdentifier in modelDescription.xml says. In ${folder} there is ${list(libraries)}. Rename one of the two.`,
    );
  } else if (platforms.length > 0) {
    const platform = folder.split("/")[1];
    reasons.add(
      `${path} is missing: the model is compiled for ${list(platforms)} and not for ${platform}. ${COMPILE}.`,
    );
  } else {
    reasons.add(`${path} is missing: the FMU holds no compiled model. ${COMPILE}.`);
  }
}

/**
 * Reads the boundary data in the CSV files of `resources/` and beside the FMU. A file beside the FMU replaces all files of its
 * name in `resources/`.
 * @returns undefined, with the reason, if the files are too large to be read
 */
async function readData(
  { fmu, beside }: UploadedFiles,
  archive: ReadonlyMap<string, ArchivedFile>,
  exclusions: readonly string[],
  limits: PackageLimits,
  reasons: Reasons,
  signal: AbortSignal,
): Promise<Boundary | undefined> {
  const isUsed = (path: string) => !isExcluded(path, exclusions);
  const besides = new Map([...beside].filter(([name]) => isDataFile(name) && isUsed(RESOURCES + name)));
  const sizes = new Map<string, number>();
  for (const [path, { size }] of archive) {
    const isCsv = path.startsWith(RESOURCES) && path.toLowerCase().endsWith(".csv");
    const isReplaced = beside.has(path.slice(path.lastIndexOf("/") + 1));
    if (isCsv && !isReplaced && isUsed(path)) sizes.set(path, size);
  }
  const all = [...sizes.values(), ...[...besides.values()].map(({ length }) => length)];
  const bytes = all.reduce((sum, size) => sum + size, 0);
  if (bytes > limits.csvBytes) {
    reasons.add(
      `The CSV files in ${RESOURCES} and beside the FMU have ${describeBytes(bytes)} in all. At most ${describeBytes(limits.csvBytes)} are allowed; resource_file_exclusion in config.json can leave some out.`,
    );
    return undefined;
  }
  const tables = await readArchive(fmu, (path) => sizes.get(path), limits, reasons, signal);
  const inArchive = [...sizes.keys()].map((path): [string, Uint8Array] => [
    path,
    tables.get(path)?.content ?? Buffer.alloc(0),
  ]);
  return readBoundary(new Map([...inArchive, ...besides]), new Set(besides.keys()), limits, reasons);
}

/** The reason why an FMU of so many bytes is refused. */
export function tooLarge(bytes: number, limits: PackageLimits = PACKAGE_LIMITS): string {
  return `The file has ${describeBytes(bytes)}. At most ${describeBytes(limits.archiveBytes)} are allowed. Leave out what the model does not need, as sources, documentation and binaries for other platforms.`;
}

/** The hash over everything that was uploaded, and over the layout of manifests: a hash stands for one package for ever. */
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
