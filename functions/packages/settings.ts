import type { KpiMap } from "../simulation/testcase.ts";
import type { SettingsFile } from "./beside.ts";
import { type PackageConfig, readConfig, readDays, readSettings } from "./config.ts";
import type { Attributes } from "./description.ts";
import { readKpiMap } from "./kpi-map.ts";
import type { Reasons } from "./reasons.ts";

/** The settings of a package. Each is undefined if it cannot be read; the reason is told then. */
export interface Settings {
  /**
   * The FMU has neither `days.json` nor `kpis.json`: it was not made for BOPTEST, and becomes a test case with defaults.
   */
  readonly isPlain: boolean;
  readonly config: PackageConfig | undefined;
  readonly days: Readonly<Record<string, number>> | undefined;
  /** Reads the KPI map, whose points must be among these measurements. */
  readonly kpiMap: (measurements: ReadonlySet<string>) => KpiMap | undefined;
}

/**
 * Reads `config.json`, `days.json` and `kpis.json`. Of a plain FMU only `config.json` is read, if there is one: each of its
 * fields has a default, and its field `kpis` takes the place of `kpis.json`.
 *
 * @param bytesOf the content of a settings file, beside the FMU or in its resources; undefined if there is none
 * @param experiment attributes of `DefaultExperiment`, from which a plain FMU's defaults are taken
 */
export function readAllSettings(
  bytesOf: (name: SettingsFile) => Uint8Array | undefined,
  experiment: Attributes,
  maxBytes: number,
  reasons: Reasons,
): Settings {
  const read = (name: SettingsFile) => readSettings(name, bytesOf(name), maxBytes, reasons);
  const isPlain = bytesOf("days.json") === undefined && bytesOf("kpis.json") === undefined;
  if (isPlain) {
    const fields = bytesOf("config.json") === undefined ? {} : read("config.json");
    return {
      isPlain,
      config: fields && readConfig({ ...plainConfig(experiment), ...fields }, reasons),
      days: {},
      kpiMap: (measurements) => fields && readPlainKpis(fields.kpis ?? {}, measurements, reasons),
    };
  }
  const fields = read("config.json");
  const days = read("days.json");
  const kpis = read("kpis.json");
  return {
    isPlain,
    config: fields && readConfig(fields, reasons),
    days: days && readDays(days, reasons),
    kpiMap: (measurements) => kpis && readKpiMap(kpis, measurements, reasons),
  };
}

function readPlainKpis(kpis: unknown, measurements: ReadonlySet<string>, reasons: Reasons): KpiMap | undefined {
  if (typeof kpis === "object" && kpis !== null && !Array.isArray(kpis)) {
    return readKpiMap(kpis as Readonly<Record<string, unknown>>, measurements, reasons, "config.json");
  }
  reasons.add("config.json: kpis must be a JSON object, the KPI map, as kpis.json holds one.");
  return undefined;
}

/** The least step, s, and what a step is where the FMU does not say. */
const MIN_STEP = 1e-3;
const USUAL_STEP = 60;

/** The default `config.json` of a plain FMU: the FMU's own experiment, no warm-up, and KPIs for 1 m². */
function plainConfig({ startTime, stopTime, stepSize }: Attributes): Readonly<Record<string, number>> {
  const seconds = (text: string | undefined) => (text === undefined ? Number.NaN : Number(text));
  const start = seconds(startTime) >= 0 ? seconds(startTime) : 0;
  // Without a step of its own, an experiment has a hundred steps.
  const steps = [seconds(stepSize), (seconds(stopTime) - start) / 100, USUAL_STEP];
  const step = steps.find((each) => each >= MIN_STEP && Number.isFinite(each)) ?? USUAL_STEP;
  return { area: 1, start_time: start, warmup_period: 0, step };
}
