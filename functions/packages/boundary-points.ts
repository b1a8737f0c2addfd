import type { BoundaryColumn } from "./manifest.ts";

/** What the name of a column of boundary data tells: unit, description, and its place in listings. */
export type BoundaryKey = Pick<BoundaryColumn, "Unit" | "Description" | "between"> & { readonly rank: number };

type Entry = readonly [unit: string, description: string];

const EMISSIONS: Readonly<Record<string, string>> = {
  EmissionsElectricPower: "of electricity",
  EmissionsDistrictHeatingPower: "thermal district heating",
  EmissionsGasPower: "thermal from gas",
  EmissionsBiomassPower: "thermal from biomass",
  EmissionsSolarThermalPower: "thermal from solar irradiation",
};

const PRICES: Readonly<Record<string, string>> = {
  PriceElectricPowerConstant: "Completely constant electricity price",
  PriceElectricPowerDynamic: "Electricity price for a day/night tariff",
  PriceElectricPowerHighlyDynamic: "Spot electricity price",
  PriceDistrictHeatingPower: "Price of 1 kWh thermal from district heating",
  PriceGasPower: "Price to produce 1 kWh thermal from gas",
  PriceBiomassPower: "Price to produce 1 kWh thermal from biomass",
  PriceSolarThermalPower: "Price to produce 1 kWh thermal from solar irradiation",
};

const OF_ZONES: readonly Readonly<Record<string, Entry>>[] = [
  {
    InternalGainsRad: ["W", "Radiative internal gains of zone"],
    InternalGainsCon: ["W", "Convective internal gains of zone"],
    InternalGainsLat: ["W", "Latent internal gains of zone"],
  },
  { Occupancy: ["number of people", "Number of occupants of zone"] },
  {
    LowerSetp: ["K", "Lower temperature set point for thermal comfort of zone"],
    UpperSetp: ["K", "Upper temperature set point for thermal comfort of zone"],
    UpperCO2: ["ppm", "Upper CO2 set point for indoor air quality of zone"],
  },
];

/** Names, units and descriptions are those of the weather bus of Modelica's Buildings library. */
const WEATHER: Readonly<Record<string, Entry>> = {
  HDifHor: ["W/m2", "Horizontal diffuse solar irradiation"],
  HDirNor: ["W/m2", "Direct normal solar irradiation"],
  HGloHor: ["W/m2", "Global horizontal solar irradiation"],
  HHorIR: ["W/m2", "Horizontal infrared irradiation"],
  TBlaSky: ["K", "Black-body sky temperature"],
  TDewPoi: ["K", "Dew point temperature"],
  TDryBul: ["K", "Dry bulb temperature at ground level"],
  TWetBul: ["K", "Wet bulb temperature"],
  ceiHei: ["m", "Ceiling height"],
  ceiTotSkyCov: ["1", "Ceiling total sky cover"],
  cloTim: ["s", "Clock time, from the beginning of the year"],
  lat: ["rad", "Latitude of the location"],
  lon: ["rad", "Longitude of the location"],
  nOpa: ["1", "Opaque sky cover"],
  nTot: ["1", "Total sky cover"],
  pAtm: ["Pa", "Atmospheric pressure"],
  relHum: ["1", "Relative humidity"],
  solAlt: ["rad", "Solar altitude angle"],
  solDec: ["rad", "Solar declination angle"],
  solHouAng: ["rad", "Solar hour angle"],
  solTim: ["s", "Solar time"],
  solZen: ["rad", "Solar zenith angle"],
  winDir: ["rad", "Wind direction"],
  winSpe: ["m/s", "Wind speed"],
};

/** In the order of listings: emissions, internal gains, occupancy, prices, set-points, weather. */
const GROUPS: readonly {
  readonly keys: Readonly<Record<string, Entry>>;
  readonly ofZones: boolean;
  readonly between: BoundaryColumn["between"];
}[] = [
  { keys: emissions(), ofZones: false, between: "held" },
  { keys: OF_ZONES[0] ?? {}, ofZones: true, between: "held" },
  { keys: OF_ZONES[1] ?? {}, ofZones: true, between: "held" },
  { keys: prices(), ofZones: false, between: "held" },
  { keys: OF_ZONES[2] ?? {}, ofZones: true, between: "held" },
  { keys: WEATHER, ofZones: false, between: "interpolated" },
];

function emissions(): Record<string, Entry> {
  const entry = (heading: string): Entry => ["kgCO2/kWh", `Kilograms of carbon dioxide to produce 1 kWh ${heading}`];
  return Object.fromEntries(Object.entries(EMISSIONS).map(([key, heading]) => [key, entry(heading)]));
}

function prices(): Record<string, Entry> {
  return Object.fromEntries(Object.entries(PRICES).map(([key, description]) => [key, ["($/Euro)/kWh", description]]));
}

/** Describes the column of this name; undefined if the name is none of BOPTEST's data keys. */
export function boundaryKey(name: string): BoundaryKey | undefined {
  const [, base = "", zone] = /^(\w+)(?:\[([^[\]]+)\])?$/.exec(name) ?? [];
  const rank = GROUPS.findIndex(({ keys, ofZones }) => Object.hasOwn(keys, base) && ofZones === (zone !== undefined));
  const group = GROUPS[rank];
  const entry = group?.keys[base];
  if (group === undefined || entry === undefined) return undefined;
  return { Unit: entry[0], Description: entry[1], between: group.between, rank };
}

/** Sorts points in the order of listings: by group, then by zone in the order of the columns, then by key. */
export function inListingOrder<T extends { readonly point: string }>(columns: readonly T[]): T[] {
  const zones = new Map<string, number>();
  const places = columns.map((column) => {
    const [base = "", zone = ""] = column.point.split(/[[\]]/);
    if (!zones.has(zone)) zones.set(zone, zones.size);
    const rank = boundaryKey(column.point)?.rank ?? GROUPS.length;
    const place = Object.keys(GROUPS[rank]?.keys ?? {}).indexOf(base);
    return { column, order: [rank, zones.get(zone) ?? 0, place] as const };
  });
  return places
    .sort((one, other) => {
      const differs = one.order.findIndex((value, i) => value !== other.order[i]);
      return differs < 0 ? 0 : (one.order[differs] ?? 0) - (other.order[differs] ?? 0);
    })
    .map(({ column }) => column);
}
