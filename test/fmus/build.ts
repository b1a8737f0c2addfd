import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { libraryFolder, type Model } from "../../functions/packages/model.ts";
import { findCompiler } from "../../infra/native/compiler.ts";
import { buildGfortran, GFORTRAN_VERSIONS } from "../../infra/native/gfortran.ts";
import { guid, IDENTIFIER, model, modelDescription, type Variant } from "./description.ts";
import { modelDescription3 } from "./description-3.ts";
import { resources } from "./resources.ts";
import { type ZipEntry, zip } from "./zip.ts";

const SOURCES = fileURLToPath(new URL("src/", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BUILT = join(ROOT, ".data/fmus");

/** From when on, in simulated s, the misbehaving ones misbehave. */
export const MISBEHAVES_AT = 60;

const GOOD = {
  cs: { kind: "CoSimulation", isSerializable: true },
  "cs-replay": { kind: "CoSimulation", isSerializable: false },
  me: { kind: "ModelExchange", isSerializable: true },
  "me-replay": { kind: "ModelExchange", isSerializable: false },
  bulky: { kind: "CoSimulation", isSerializable: false },
  "cs-libm": { kind: "CoSimulation", isSerializable: true },
  "me-libm": { kind: "ModelExchange", isSerializable: false },
  iterates: { kind: "CoSimulation", isSerializable: false },
  "me-directional": { kind: "ModelExchange", isSerializable: true, isDirectional: true },
  "me-3-directional": { kind: "ModelExchange", isSerializable: true, isDirectional: true, fmi: 3 },
  slow: { kind: "CoSimulation", isSerializable: false },
  tells: { kind: "CoSimulation", isSerializable: false },
  "large-image": { kind: "CoSimulation", isSerializable: false },
  "cs-3": { kind: "CoSimulation", isSerializable: true, fmi: 3 },
  "me-3": { kind: "ModelExchange", isSerializable: true, fmi: 3 },
  "finish-3": { kind: "CoSimulation", isSerializable: true, fmi: 3 },
} as const satisfies Record<string, Variant>;

/** As in src/misbehaviour.h, in lower case. */
export const MISBEHAVIOURS = [
  "crash",
  "abort",
  "exit",
  "hang",
  "leak",
  "write",
  "snoop",
  "kill",
  "fork",
  "flood",
  "forge",
  "liar",
  "meddle",
  "error",
  "fatal",
  "discard",
  "pending",
  "stuck",
  "grasp",
  "fill",
  "litter",
  "hide",
  "burrow",
  "linger",
  "round",
  "corrupt",
  "underrun",
  "sweep",
  "overflow",
  "jump",
  "finish",
  "needs",
] as const;
export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

/** Of the state of "large", bytes, of which a fifth cannot be compressed. */
export const LARGE_STATE_BYTES = 512_000;

/** Of the memory that "large-image" changes in its first step, bytes, of which half cannot be compressed. */
export const LARGE_IMAGE_BYTES = 5_000_000;

/** "lies": says that its state can be serialized, which it cannot. */
/** "fortran3", "fortran4": as an old compiler would have linked it, against a libgfortran that no system has any more. */
const FORTRAN = ["fortran3", "fortran4"] as const;

/** For Co-Simulation, with a state that is not all of their state: as in src/memory.h, in lower case. */
export const FORGETFUL = [
  "forgets",
  "forgets-later",
  "points",
  "stalls",
  "crashes-later",
  "keeps-file",
  "reads-clock",
] as const;

/** Of Model Exchange, with the quirks of src/model-exchange.h. */
export const QUIRKS = [
  "me-discards",
  "me-blinks",
  "me-blind",
  "me-undirected",
  "me-misdirected",
  "me-steps",
  "me-nominals",
  "me-ends",
  "me-loops",
  "me-zeno",
] as const;

export type FmuName =
  | keyof typeof GOOD
  | Misbehaviour
  | "lies"
  | "large"
  | (typeof FORTRAN)[number]
  | (typeof FORGETFUL)[number]
  | (typeof QUIRKS)[number];
export const FMU_NAMES: readonly FmuName[] = [
  ...(Object.keys(GOOD) as (keyof typeof GOOD)[]),
  "lies",
  "large",
  ...FORTRAN,
  ...FORGETFUL,
  ...QUIRKS,
  ...MISBEHAVIOURS,
];

/** A built FMU. */
export interface Fmu {
  readonly file: string;
  readonly model: Model;
  /** SHA-256 of the file, in hex. */
  readonly hash: string;
}

/** Builds an FMU of the two-zone building with the system's C compiler, unless the same was built before. */
export async function buildFmu(name: FmuName): Promise<Fmu> {
  const variant = describes(name);
  const file = await built(`${name}.fmu`, async () => zip(await fmuEntries(name)));
  return { file, model: model(variant), hash: createHash("sha256").update(readFileSync(file)).digest("hex") };
}

/** What an FMU's archive holds; to make others out of it. */
export async function fmuEntries(name: FmuName): Promise<ZipEntry[]> {
  const library = await built(`${name}.so`, () => compile(name));
  const variant = describes(name);
  return [
    {
      path: "modelDescription.xml",
      content: variant.fmi === 3 ? modelDescription3(variant) : modelDescription(variant),
    },
    { path: `${libraryFolder(variant)}${IDENTIFIER}.so`, content: readFileSync(library), mode: 0o100755 },
    ...resources(),
  ];
}

/** The path of what these sources were built into: made now, unless the same was built before. */
async function built(name: string, make: () => Promise<Uint8Array>): Promise<string> {
  const folder = join(BUILT, sourcesHash());
  const file = join(folder, name);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const bytes = await make();
    // In one move: others may build the same at the same time.
    const draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, bytes);
    renameSync(draft, file);
  }
  return file;
}

function describes(name: FmuName): Variant {
  if (name in GOOD) return GOOD[name as keyof typeof GOOD];
  if (name.endsWith("directed")) return GOOD["me-directional"];
  return name.startsWith("me-") ? GOOD.me : GOOD.cs;
}

async function compile(name: FmuName): Promise<Buffer> {
  const cc = findCompiler();
  const variant: Variant = describes(name);
  const folder = mkdtempSync(join(tmpdir(), "boptest-fmu-"));
  try {
    const library = join(folder, `${IDENTIFIER}.so`);
    const misbehaviour = MISBEHAVIOURS.find((each) => each === name.replace(/-3$/, ""));
    const common = ["-std=gnu17", "-O2", "-fPIC", "-shared", "-Wl,-z,now"];
    const linked: string[] = [];
    if (name === "needs") {
      // A library that is there while linking, and never again.
      writeFileSync(join(folder, "missing.c"), "int missing(void) { return 1; }\n");
      await run(
        cc,
        [...common, "-Wl,-soname,libmissing.so.7", "-o", join(folder, "libmissing.so"), "missing.c"],
        folder,
      );
      linked.push(`-L${folder}`, "-Wl,--no-as-needed", "-lmissing");
    }
    const fortran = GFORTRAN_VERSIONS.find((version) => name === `fortran${version}`);
    // With no run path: the library is not where it was found while linking.
    if (fortran !== undefined) linked.push(buildGfortran(fortran, folder));
    await run(
      cc,
      [
        ...common,
        "-Wall",
        "-Wextra",
        "-Wno-unused-function",
        "-fvisibility=hidden",
        // The same roundings on every machine.
        "-ffp-contract=off",
        variant.kind === "CoSimulation" ? "-DCO_SIMULATION" : "-DMODEL_EXCHANGE",
        ...(variant.isSerializable && name !== "lies" ? ["-DSERIALIZABLE"] : []),
        ...(misbehaviour ? [`-DMISBEHAVIOUR=${misbehaviour.toUpperCase()}`] : []),
        ...(QUIRKS.some((each) => each === name) ? [`-DQUIRK=${name.slice("me-".length).toUpperCase()}`] : []),
        ...(FORGETFUL.some((each) => each === name) ? [`-DMEMORY=${name.toUpperCase().replace("-", "_")}`] : []),
        ...(fortran === undefined ? [] : ["-DFORTRAN"]),
        // Part of it is in a file: it is replayed.
        ...(name === "slow" ? ["-DSLOW", "-DMEMORY=KEEPS_FILE"] : []),
        ...(variant.isDirectional ? ["-DCOUNTS"] : []),
        ...(name === "bulky" ? ["-DBALLAST=262144"] : []),
        ...(name.endsWith("-libm") ? ["-DLIBM"] : []),
        ...(name === "iterates" ? ["-DMEMORY=ITERATES"] : []),
        ...(name === "tells" ? ["-DTELLS"] : []),
        ...(name === "large-image" ? [`-DCARGO=${LARGE_IMAGE_BYTES}`] : []),
        ...(name === "large" ? [`-DPADDING=${LARGE_STATE_BYTES}`] : []),
        `-DGUID="${guid(variant)}"`,
        `-DMISBEHAVES_AT=${MISBEHAVES_AT}`,
        "-o",
        library,
        ...(variant.fmi === 3 ? ["-DFMI2_EXPORT=static", "fmi3.c"] : ["fmu.c"]),
        "building.c",
        ...linked,
        "-lm",
      ],
      SOURCES,
    );
    return readFileSync(library);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  await promisify(execFile)(program, [...args], { cwd, timeout: 60_000 });
}

function sourcesHash(): string {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const files = [
    ...readdirSync(SOURCES)
      .sort()
      .map((file) => join(SOURCES, file)),
    ...["build.ts", "description.ts", "description-3.ts", "resources.ts", "zip.ts"].map((file) => join(here, file)),
  ];
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

/** `node test/fmus/build.ts [name …]`: builds them, or all, and says where they are. */
if (import.meta.main) {
  for (const name of process.argv.length > 2 ? process.argv.slice(2) : FMU_NAMES) {
    const known = FMU_NAMES.find((each) => each === name);
    if (known === undefined) throw new Error(`There is no FMU "${name}": there are ${FMU_NAMES.join(", ")}`);
    process.stdout.write(`${relative(process.cwd(), (await buildFmu(known)).file)}\n`);
  }
}
