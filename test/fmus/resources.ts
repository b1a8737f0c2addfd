import type { ZipEntry } from "./zip.ts";

/** BOPTEST's resources of the two-zone building: what is known of it besides its model. All data hourly, over one year. */

const HOURS = 8760;
const HOUR = 3600;

export const ZONES = ["Sou", "Nor"] as const;

/** Weather of a made-up place with cold winters: a yearly wave, a daily wave, and waves of some days. */
function outdoor(hour: number): number {
  const day = hour / 24;
  const wave = (amplitude: number, period: number, phase: number) =>
    amplitude * Math.sin((2 * Math.PI * (day - phase)) / period);
  return 281.15 + wave(9, 365, 110) + wave(3.5, 1, 0.375) + wave(2.5, 6.3, 1) + wave(1.5, 17.1, 4);
}

/** W/m², on the horizontal: the sun's height over the day and year, and clouds that come and go. */
function solar(hour: number): number {
  const day = hour / 24;
  const declination = 0.409 * Math.sin((2 * Math.PI * (day - 81)) / 365);
  const latitude = 0.82;
  const height =
    Math.sin(latitude) * Math.sin(declination) -
    Math.cos(latitude) * Math.cos(declination) * Math.cos(2 * Math.PI * (day % 1));
  return Math.max(0, 900 * height * (0.65 + 0.3 * Math.sin((2 * Math.PI * day) / 4.7)));
}

/** Monday to Friday, 7 to 19 h; the year begins on a Monday. */
function isOccupied(hour: number): boolean {
  return Math.floor(hour / 24) % 7 < 5 && hour % 24 >= 7 && hour % 24 < 19;
}

function csv(comment: string, columns: Readonly<Record<string, (hour: number) => number>>): string {
  const rows = Array.from({ length: HOURS + 1 }, (_, hour) =>
    [hour * HOUR, ...Object.values(columns).map((value) => Number(value(hour % HOURS).toFixed(4)))].join(","),
  );
  return `# ${comment}\n${["time", ...Object.keys(columns)].join(",")}\n${rows.join("\n")}\n`;
}

function perZone(key: string, value: (hour: number, zone: number) => number) {
  return Object.fromEntries(ZONES.map((name, zone) => [`${key}[${name}]`, (hour: number) => value(hour, zone)]));
}

export const config = {
  name: "twozone",
  area: 120,
  start_time: 0,
  warmup_period: 86_400,
  step: 3600,
  resource_file_exclusion: ["notes/unread.csv"],
};

export const days = { peak_heat_day: 17, typical_heat_day: 85, cool_day: 200, mix_day: 120 };

export const kpis = {
  ElectricPower: ["PHeaSou_y", "PHeaNor_y", "PFan_y"],
  ...Object.fromEntries(ZONES.map((zone) => [`AirZoneTemperature[${zone}]`, [`TRooAir${zone}_y`]])),
  ...Object.fromEntries(ZONES.map((zone) => [`CO2Concentration[${zone}]`, [`CO2RooAir${zone}_y`]])),
};

/** All files of the resources folder. */
export function resources(): ZipEntry[] {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return [
    { path: "resources/config.json", content: json(config) },
    { path: "resources/days.json", content: json(days) },
    { path: "resources/kpis.json", content: json(kpis) },
    {
      path: "resources/weather.csv",
      content: csv("Weather, interpolated linearly", { TDryBul: outdoor, HGloHor: solar }),
    },
    {
      path: "resources/prices.csv",
      content: csv("Prices, held for an hour", {
        PriceElectricPowerConstant: () => 0.2,
        PriceElectricPowerDynamic: (hour) => (hour % 24 >= 7 && hour % 24 < 22 ? 0.25 : 0.12),
        PriceElectricPowerHighlyDynamic: (hour) =>
          0.2 + 0.12 * Math.sin((2 * Math.PI * ((hour % 24) - 12)) / 12) + 0.03 * Math.sin((2 * Math.PI * hour) / 100),
      }),
    },
    { path: "resources/emissions.csv", content: csv("Emissions", { EmissionsElectricPower: () => 0.25 }) },
    {
      path: "resources/zones.csv",
      content: csv("Set-points, occupancy and gains of the zones, held for an hour", {
        ...perZone("LowerSetp", (hour) => (isOccupied(hour) ? 293.15 : 288.15)),
        ...perZone("UpperSetp", (hour) => (isOccupied(hour) ? 299.15 : 303.15)),
        ...perZone("UpperCO2", (hour) => (isOccupied(hour) ? 1200 : 1500)),
        ...perZone("Occupancy", (hour, zone) => (isOccupied(hour) ? ([4, 3][zone] ?? 0) : 0)),
        ...perZone("InternalGainsCon", (hour, zone) => (isOccupied(hour) ? 80 * ([4, 3][zone] ?? 0) : 0)),
        ...perZone("InternalGainsRad", () => 0),
        ...perZone("InternalGainsLat", () => 0),
      }),
    },
    { path: "resources/notes/unread.csv", content: "this,is,no\ntest,case,data\n" },
  ];
}
