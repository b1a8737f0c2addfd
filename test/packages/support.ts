import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage } from "../../functions/packages/check.ts";
import type { PackageLimits } from "../../functions/packages/limits.ts";
import type { Manifest } from "../../functions/packages/manifest.ts";
import type { Result } from "../../functions/packages/reasons.ts";
import { type ZipEntry, zip } from "../fmus/zip.ts";

/** A variable as it stands in modelDescription.xml. */
export const variable = (name: string, causality: string, inside = "<Real/>", reference = 1) =>
  `<ScalarVariable name="${name}" valueReference="${reference}" description="About ${name}" causality="${causality}">${inside}</ScalarVariable>`;

export const CO_SIMULATION =
  '<CoSimulation modelIdentifier="room" canHandleVariableCommunicationStepSize="true" canGetAndSetFMUstate="true"/>';

export const VARIABLES = [
  variable("hea_u", "input", '<Real unit="W" min="0" max="5000"/>', 1),
  variable("hea_activate", "input", "<Boolean/>", 2),
  variable("hea_y", "output", '<Real unit="W"/>', 3),
  variable("TRoo_y", "output", '<Real declaredType="Temperature"/>', 4),
  variable("PHea_y", "output", '<Real unit="W"/>', 5),
  variable("inner", "local", "<Real/>", 6),
];

/** A modelDescription.xml; what is given stands in place of what would be there. */
export function xml({
  head = '<?xml version="1.0" encoding="UTF-8"?>',
  root = 'fmiVersion="2.0" guid="{1}" modelName="Room" numberOfEventIndicators="2"',
  kinds = CO_SIMULATION,
  variables = VARIABLES,
  rest = "",
} = {}): string {
  return `${head}
<fmiModelDescription ${root}>
  ${kinds}
  <TypeDefinitions>
    <SimpleType name="Temperature"><Real unit="K" min="0"/></SimpleType>
  </TypeDefinitions>
  <DefaultExperiment tolerance="1e-6"/>
  <ModelVariables>${variables.join("\n")}</ModelVariables>
  ${rest}
</fmiModelDescription>`;
}

export const LIBRARY = "binaries/linux64/room.so";

/** The head of a shared library for x86-64, and nothing behind it. */
export function library({ type = 3, machine = 62 } = {}): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write("\x7fELF\x02\x01\x01", "latin1");
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

export const YEAR = 31_536_000;

export const CONFIG = { name: "room", area: 20, start_time: 0, warmup_period: 3600, step: 600 };

const CSV = `# Made for a test
time,TDryBul,LowerSetp[1],UpperSetp[1]
0,270,293,297
${YEAR / 2},280,294,298
${YEAR},270,293,297
`;

const PRICES = `time,PriceElectricPowerConstant,PriceElectricPowerDynamic,PriceElectricPowerHighlyDynamic,EmissionsElectricPower,unknown
0,0.1,0.2,0.3,0.4,x
${YEAR},0.1,0.2,0.3,0.4,y
`;

/** The files of a good package, by path. */
export const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "modelDescription.xml": xml(),
  [LIBRARY]: library(),
  "resources/config.json": JSON.stringify(CONFIG),
  "resources/days.json": '{"cold_day": 17}',
  "resources/kpis.json": '{"ElectricPower": ["PHea_y"], "AirZoneTemperature[1]": ["TRoo_y"]}',
  "resources/weather.csv": CSV,
  "resources/prices.csv": PRICES,
};

/** The entries of a good package's archive; `null` in `changes` leaves a file out. */
export function entries(changes: Readonly<Record<string, string | Uint8Array | null>> = {}): ZipEntry[] {
  return Object.entries({ ...FILES, ...changes }).flatMap(([path, content]) =>
    content === null ? [] : [{ path, content }],
  );
}

export interface CheckOptions {
  readonly beside?: Readonly<Record<string, string>>;
  readonly limits?: PackageLimits;
  readonly signal?: AbortSignal;
}

/** Checks an archive as it would be uploaded. */
export async function checkBytes(bytes: Uint8Array, options: CheckOptions = {}): Promise<Result<Manifest>> {
  const folder = mkdtempSync(join(tmpdir(), "boptest-package-"));
  try {
    const fmu = join(folder, "a.fmu");
    writeFileSync(fmu, bytes);
    const { beside = {}, signal = AbortSignal.timeout(30_000), limits } = options;
    const contents = Object.entries(beside).map(([name, text]) => [name, Buffer.from(text)] as const);
    return await checkPackage({ fmu, beside: new Map(contents) }, { signal, ...(limits ? { limits } : {}) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Checks a package that differs from a good one. */
export function check(
  changes: Readonly<Record<string, string | Uint8Array | null>> = {},
  options: CheckOptions = {},
): Promise<Result<Manifest>> {
  return checkBytes(zip(entries(changes)), options);
}

/** Why a package that differs from a good one is refused. */
export async function reasonsOf(
  changes: Readonly<Record<string, string | Uint8Array | null>>,
  options: CheckOptions = {},
): Promise<readonly string[]> {
  const checked = await check(changes, options);
  return checked.ok ? [] : checked.reasons;
}

/** The manifest of a package that is good all the same. */
export async function manifestOf(
  changes: Readonly<Record<string, string | Uint8Array | null>> = {},
  options: CheckOptions = {},
): Promise<Manifest> {
  const checked = await check(changes, options);
  if (!checked.ok) throw new Error(checked.reasons.join("\n"));
  return checked.value;
}
