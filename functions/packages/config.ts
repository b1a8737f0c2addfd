import { describeValue } from "../simulation/messages.ts";
import { MAX_STRETCH_SECONDS, MAX_TIME_SECONDS } from "../simulation/run.ts";
import type { SettingsFile } from "./beside.ts";
import { quoted, type Reasons } from "./reasons.ts";

/** The content of `config.json`. */
export interface PackageConfig {
  /** m² */
  readonly area: number;
  /** All in seconds. */
  readonly defaults: { readonly startTime: number; readonly warmupPeriod: number; readonly step: number };
  /** CSV files without boundary data: paths in the archive, or ends of paths. Undefined if the list cannot be read. */
  readonly exclusions: readonly string[] | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a settings file, which contains a JSON object. Undefined, with the reason, if it is missing or something else. */
export function readSettings(
  name: SettingsFile,
  bytes: Uint8Array | undefined,
  maxBytes: number,
  reasons: Reasons,
): Fields | undefined {
  if (bytes === undefined) {
    reasons.add(
      `resources/${name} is missing. It can be uploaded beside the FMU: ask for a post-form with ?file=${name}.`,
    );
    return undefined;
  }
  if (bytes.length > maxBytes) {
    reasons.add(
      `${name} has more than ${maxBytes} bytes. Upload a smaller one: ask for a post-form with ?file=${name}.`,
    );
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
    reasons.add(`${name} must hold a JSON object, {…}. ${correct(name)}`);
  } catch {
    reasons.add(`${name} is not valid JSON in UTF-8. ${correct(name)}`);
  }
  return undefined;
}

/** What to do about a wrong settings file. The FMU need not be exported again. */
function correct(name: SettingsFile): string {
  return `Correct it, and upload it alone: ask for a post-form with ?file=${name}.`;
}

/** Reads `config.json` and checks its fields. Fields of other names are ignored. */
export function readConfig(fields: Fields, reasons: Reasons): PackageConfig {
  const number = (name: string, lowest: number, highest: number, unit: string): number => {
    const value = fields[name];
    if (isWithin(value, lowest, highest)) return value;
    const found = value === undefined ? "is missing" : `is ${describeValue(value)}`;
    reasons.add(`config.json: ${name} ${found}. It must be a number from ${lowest} to ${highest}, in ${unit}.`);
    return Number.NaN;
  };
  const exclusions = fields.resource_file_exclusion ?? [];
  const isList = Array.isArray(exclusions) && exclusions.every((name) => typeof name === "string");
  if (!isList) reasons.add("config.json: resource_file_exclusion must be a list of names of files.");
  return {
    area: number("area", 1e-3, 1e9, "m²"),
    defaults: {
      startTime: number("start_time", 0, MAX_TIME_SECONDS, "s"),
      warmupPeriod: number("warmup_period", 0, MAX_STRETCH_SECONDS, "s"),
      step: number("step", 1e-3, MAX_STRETCH_SECONDS, "s"),
    },
    exclusions: isList ? (exclusions as string[]) : undefined,
  };
}

/** Reads the time periods in `days.json`: name → day of the year. */
export function readDays(fields: Fields, reasons: Reasons): Record<string, number> {
  const days: [string, number][] = [];
  for (const [name, day] of Object.entries(fields)) {
    if (isWithin(day, 0, 366)) days.push([name, day]);
    else reasons.add(`days.json: ${quoted(name)} must be a day of the year, a number from 0 to 366.`);
  }
  return Object.fromEntries(days);
}

function isWithin(value: unknown, lowest: number, highest: number): value is number {
  return typeof value === "number" && value >= lowest && value <= highest;
}

/** Whether `config.json` excludes a file of `resources/`, by its path or the end of its path. */
export function isExcluded(path: string, exclusions: readonly string[]): boolean {
  return exclusions.some((name) => path === name || path.endsWith(`/${name.replace(/^\.?\//, "")}`));
}
