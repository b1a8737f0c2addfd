import { type BoundaryData, type BoundarySeries, boundaryData, constant, held, type Signal } from "../../boundary.ts";
import { outdoorTemperature } from "./daily.ts";

/** A zone in the boundary data: its name in brackets, and its comfort limits. */
export interface ComfortZone {
  readonly name: string;
  /** K */
  readonly lower: number;
  /** K */
  readonly upper: number;
  /** ppm */
  readonly co2: number;
}

const HOUR = 3600;

/** A signal that is constant over each hour of the day and repeats daily. */
function hourly(value: (hour: number) => number): Signal {
  return held(
    HOUR,
    Array.from({ length: 24 }, (_, hour) => value(hour)),
  );
}

/** The boundary data of a building with these zones: hourly data, except the weather. */
export function zoneBoundary(zones: readonly ComfortZone[]): BoundaryData {
  return boundaryData([
    ...emissions(),
    ...zones.flatMap(internalGains),
    ...zones.map(occupancy),
    ...prices(),
    ...zones.flatMap(comfort),
    {
      point: "TDryBul",
      Unit: "K",
      Description: "Dry bulb temperature at ground level",
      signal: outdoorTemperature,
    },
  ]);
}

function emissions(): BoundarySeries[] {
  const emission = (carrier: string, heading: string, value: number): BoundarySeries => ({
    point: `Emissions${carrier}Power`,
    Unit: "kgCO2/kWh",
    Description: `Kilograms of carbon dioxide to produce 1 kWh ${heading}`,
    signal: constant(value),
  });
  return [
    emission("Electric", "of electricity", 0.5),
    emission("DistrictHeating", "thermal district heating", 0.1),
    emission("Gas", "thermal from gas", 0.2),
    emission("Biomass", "thermal from biomass", 0),
    emission("SolarThermal", "thermal from solar irradiation", 0),
  ];
}

function internalGains({ name }: ComfortZone): BoundarySeries[] {
  const gain = (kind: string, word: string): BoundarySeries => ({
    point: `InternalGains${kind}[${name}]`,
    Unit: "W",
    Description: `${word} internal gains of zone`,
    signal: constant(0),
  });
  return [gain("Rad", "Radiative"), gain("Con", "Convective"), gain("Lat", "Latent")];
}

function occupancy({ name }: ComfortZone): BoundarySeries {
  return {
    point: `Occupancy[${name}]`,
    Unit: "number of people",
    Description: "Number of occupants of zone",
    signal: constant(0),
  };
}

function prices(): BoundarySeries[] {
  const price = (carrier: string, Description: string, signal: Signal): BoundarySeries => ({
    point: `Price${carrier}`,
    Unit: "($/Euro)/kWh",
    Description,
    signal,
  });
  return [
    price("ElectricPowerConstant", "Completely constant electricity price", constant(0.2)),
    price(
      "ElectricPowerDynamic",
      "Electricity price for a day/night tariff",
      hourly((hour) => (hour >= 8 && hour < 18 ? 0.3 : 0.1)),
    ),
    price(
      "ElectricPowerHighlyDynamic",
      "Spot electricity price",
      hourly((hour) => 0.3 * Math.sin((2 * Math.PI * hour) / 24)),
    ),
    price("DistrictHeatingPower", "Price of 1 kWh thermal from district heating", constant(0.1)),
    price("GasPower", "Price to produce 1 kWh thermal from gas", constant(0.07)),
    price("BiomassPower", "Price to produce 1 kWh thermal from biomass", constant(0.2)),
    price("SolarThermalPower", "Price to produce 1 kWh thermal from solar irradiation", constant(0)),
  ];
}

function comfort({ name, lower, upper, co2 }: ComfortZone): BoundarySeries[] {
  const temperature = (side: "Lower" | "Upper", value: number): BoundarySeries => ({
    point: `${side}Setp[${name}]`,
    Unit: "K",
    Description: `${side} temperature set point for thermal comfort of zone`,
    signal: constant(value),
  });
  return [
    temperature("Lower", lower),
    temperature("Upper", upper),
    {
      point: `UpperCO2[${name}]`,
      Unit: "ppm",
      Description: "Upper CO2 set point for indoor air quality of zone",
      signal: constant(co2),
    },
  ];
}
