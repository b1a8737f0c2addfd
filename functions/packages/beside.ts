/** The settings of a package: files in an FMU's `resources/`. Each can be uploaded beside the FMU instead. */
export const SETTINGS_FILES = ["config.json", "days.json", "kpis.json"] as const;
export type SettingsFile = (typeof SETTINGS_FILES)[number];

/** A plain file name: it is part of an S3 key. */
const CSV = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}\.csv$/i;

/**
 * Whether a file of this name may be uploaded beside an FMU: one of the settings, or a CSV file of boundary data. It replaces the
 * files of its name in `resources/`.
 */
export function isBesideFile(name: string): boolean {
  return isSettingsFile(name) || isDataFile(name);
}

export function isSettingsFile(name: string): name is SettingsFile {
  return SETTINGS_FILES.some((file) => file === name);
}

/** Whether a file of this name beside an FMU contains boundary data. */
export function isDataFile(name: string): boolean {
  return CSV.test(name);
}

/** The allowed names of files beside an FMU, in words. */
export const BESIDE_ALLOWED = `${SETTINGS_FILES.join(", ")}, and CSV files whose names are letters, digits, or _ . - (at most 100)`;
