import type { About, PointInfo, Scenario } from "../client/types.ts";
import { boundsOf } from "./comfort.ts";
import { type Shown, shownAs } from "./format.ts";
import { overwritesOf, powersOf, zonesOf } from "./zones.ts";

/** A line of a plot. */
export interface Line {
  readonly point: string;
  readonly label: string;
  /** `step`: held until the next sample. `bound`: a limit; the area between two of one zone is the comfort band. */
  readonly kind: "line" | "step" | "bound";
  /** Boundary data have a forecast; it is dashed. */
  readonly hasForecast: boolean;
  /** An input's switch: where it is 0, the input is not in force, and is not drawn. */
  readonly activate?: string;
  /** On an axis of its own, at the right. */
  readonly right?: Shown;
  /** Of the theme's palette; limits of comfort that hold for all zones have a colour of their own. */
  readonly color: number | "bound";
}

export interface Panel {
  readonly id: string;
  readonly title: string;
  readonly shown: Shown;
  readonly lines: readonly Line[];
  /** What is said where there is nothing to draw. */
  readonly empty?: string;
}

const PRICES = {
  constant: "PriceElectricPowerConstant",
  dynamic: "PriceElectricPowerDynamic",
  highly_dynamic: "PriceElectricPowerHighlyDynamic",
} as const;

/** How a carrier of energy is called. */
const CARRIERS: Readonly<Record<string, string>> = {
  Electric: "Electricity",
  Gas: "Gas",
  DistrictHeating: "District heating",
  Biomass: "Biomass",
  SolarThermal: "Solar thermal",
};

/**
 * The plots of a test, in the order in which they are shown.
 * @param added points that its user wants to see besides
 * @param apart zones whose comfort bands are different ones; the first zone's alone as long as none is known
 */
export function panelsOf(
  about: About,
  scenario: Scenario | undefined,
  added: readonly string[],
  apart: readonly string[],
): readonly Panel[] {
  const panels = [temperatures(about, apart), powers(about), ...inputs(about), prices(about, scenario), weather(about)];
  return [...panels, ...added.map((point) => single(about, point))].filter(({ lines }) => lines.length > 0);
}

/** All points of panels that are simulated or known for past times, switches included. */
export function pointsOf(panels: readonly Panel[]): string[] {
  const names = panels.flatMap(({ lines }) =>
    lines.flatMap(({ point, activate }) => [point, ...(activate ? [activate] : [])]),
  );
  return [...new Set(names)];
}

/** Those that a forecast is asked for. */
export function forecastPointsOf(panels: readonly Panel[]): string[] {
  return [
    ...new Set(panels.flatMap(({ lines }) => lines.filter((each) => each.hasForecast).map(({ point }) => point))),
  ];
}

function temperatures(about: About, apart: readonly string[]): Panel {
  const zones = zonesOf(about);
  const has = (point: string) => Object.hasOwn(about.forecast_points, point);
  const lines = zones.flatMap(({ name, temperatures }, color): Line[] =>
    temperatures.map((point) => {
      const label = zones.length === 1 ? "Zone" : `Zone ${name}`;
      return { point, label, kind: "line", hasForecast: false, color };
    }),
  );
  const shown = apart.length > 0 ? apart : zones.slice(0, 1).map(({ name }) => name);
  const bounds = shown.flatMap((zone): Line[] => {
    const [lower, upper] = boundsOf(zone);
    if (!has(upper) || !has(lower)) return [];
    const color = shown.length === 1 ? "bound" : zones.findIndex(({ name }) => name === zone);
    const bound = { kind: "bound", hasForecast: true, color } as const;
    const comfort = shown.length === 1 ? "Comfort" : `Comfort, zone ${zone}`;
    return [
      { point: upper, label: `${comfort}, upper`, ...bound },
      { point: lower, label: `${comfort}, lower`, ...bound },
    ];
  });
  return { id: "temperature", title: "Zone temperature", shown: shownAs("K"), lines: [...lines, ...bounds] };
}

function powers(about: About): Panel {
  const lines = powersOf(about).map(({ carrier, point }, color): Line => {
    const description = about.measurements[point]?.Description ?? point;
    return { point, label: `${CARRIERS[carrier] ?? carrier}: ${description}`, kind: "line", hasForecast: false, color };
  });
  return { id: "power", title: "Power", shown: shownAs("W"), lines };
}

/** One plot for each unit: a set-point and a valve share no axis. */
function inputs(about: About): Panel[] {
  const byUnit = Map.groupBy(overwritesOf(about), ({ unit }) => unit ?? "");
  return [...byUnit].map(([unit, list]) => ({
    id: `inputs ${unit}`,
    title: byUnit.size === 1 ? "Inputs in force" : `Inputs in force${unit === "" ? "" : `, ${shownAs(unit).unit}`}`,
    shown: shownAs(unit),
    empty: "Built-in control: no input is overwritten.",
    lines: list.map(
      ({ value, activate, description }, color): Line => ({
        point: value,
        activate,
        label: description,
        kind: "step",
        hasForecast: false,
        color: color + 2,
      }),
    ),
  }));
}

function prices(about: About, scenario: Scenario | undefined): Panel {
  const has = (point: string) => Object.hasOwn(about.forecast_points, point);
  const carriers = new Set(powersOf(about).map(({ carrier }) => carrier));
  const electricity = PRICES[scenario?.electricity_price ?? "constant"];
  const lines: Line[] = [];
  if (has(electricity))
    lines.push({ point: electricity, label: "Electricity", kind: "step", hasForecast: true, color: 4 });
  for (const carrier of ["Gas", "DistrictHeating"]) {
    const point = `Price${carrier}Power`;
    const label = CARRIERS[carrier] ?? carrier;
    if (carriers.has(carrier) && has(point)) lines.push({ point, label, kind: "step", hasForecast: true, color: 1 });
  }
  return { id: "price", title: "Energy prices", shown: shownAs("($/Euro)/kWh"), lines };
}

function weather(about: About): Panel {
  const has = (point: string) => Object.hasOwn(about.forecast_points, point);
  const lines: Line[] = [];
  if (has("TDryBul")) {
    lines.push({ point: "TDryBul", label: "Outdoor temperature", kind: "line", hasForecast: true, color: 5 });
  }
  if (has("HGloHor")) {
    const right = { unit: "W/m²", of: (value: number) => value, back: (value: number) => value };
    lines.push({ point: "HGloHor", label: "Sun", kind: "line", hasForecast: true, right, color: 1 });
  }
  return { id: "weather", title: "Weather", shown: shownAs("K"), lines };
}

/** A plot of one point alone. */
function single(about: About, point: string): Panel {
  const info: Partial<PointInfo> =
    about.measurements[point] ?? about.inputs[point] ?? about.forecast_points[point] ?? {};
  const hasForecast = Object.hasOwn(about.forecast_points, point);
  const kind = Object.hasOwn(about.inputs, point) ? "step" : "line";
  const label = info.Description ?? point;
  return {
    id: `point ${point}`,
    title: point,
    shown: shownAs(info.Unit),
    lines: [{ point, label, kind, hasForecast, color: 3 }],
  };
}
