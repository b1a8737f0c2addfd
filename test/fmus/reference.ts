import type { Grid, InputValues } from "../../functions/simulation/emulator.ts";
import { gridTime } from "../../functions/simulation/grid.ts";
import { resources } from "./resources.ts";

/**
 * The equations of README.md once more, in another language and with another solver than the FMUs': what they are held against.
 */

const HOUR = 3600;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
/** The longest step of the solver, and how exactly events are found, s. */
const [LONGEST_STEP, EVENT_WIDTH] = [20, 1e-9];

interface Zone {
  readonly name: "Sou" | "Nor";
  readonly air: number;
  readonly wall: number;
  readonly airToWall: number;
  readonly wallToOutside: number;
  readonly aperture: number;
  readonly heater: number;
  readonly persons: number;
  readonly airMass: number;
}

const ZONES: readonly [Zone, Zone] = [
  {
    name: "Sou",
    air: 3e6,
    wall: 1.8e7,
    airToWall: 220,
    wallToOutside: 45,
    aperture: 3,
    heater: 4000,
    persons: 4,
    airMass: 170,
  },
  {
    name: "Nor",
    air: 2.4e6,
    wall: 1.5e7,
    airToWall: 190,
    wallToOutside: 50,
    aperture: 0.8,
    heater: 3500,
    persons: 3,
    airMass: 150,
  },
];
const BETWEEN = 60;

/** Of both zones: air and wall (K), CO2 (ppm). */
type Values = readonly number[];

export interface Switching {
  readonly time: number;
  readonly zone: "Sou" | "Nor";
  readonly isOn: boolean;
}

export class ReferenceBuilding {
  readonly #weather = readWeather();
  #time: number;
  #values: Values = [292.15, 290.15, 500, 292.15, 290.15, 500];
  #isOn: [boolean, boolean] = [false, false];
  #inputs: InputValues = {};
  /** Every one so far. */
  readonly switchings: Switching[] = [];

  constructor(time: number) {
    this.#time = time;
    this.#settle();
  }

  /** The values of all points at the ends of a grid's intervals. */
  advance(inputs: InputValues, grid: Grid): Record<string, number>[] {
    this.#inputs = inputs;
    this.#settle();
    return Array.from({ length: grid.intervals }, (_, i) => {
      this.#advanceTo(gridTime(grid, i + 1));
      const points = this.points();
      this.#settle();
      return points;
    });
  }

  points(): Record<string, number> {
    const [outdoor] = this.#weatherAt(this.#time);
    const perZone = ZONES.flatMap(({ name, heater }, zone): [string, number][] => [
      [`oveTSet${name}_u`, this.#setPoint(zone)],
      [`oveHea${name}_u`, this.#signal(zone)],
      [`TRooAir${name}_y`, this.#values[3 * zone] ?? Number.NaN],
      [`CO2RooAir${name}_y`, this.#values[3 * zone + 2] ?? Number.NaN],
      [`PHea${name}_y`, (heater * this.#signal(zone)) / (3 + 0.05 * (outdoor - 273.15))],
    ]);
    return {
      time: this.#time,
      ...Object.fromEntries(perZone),
      PFan_y: this.#isOccupied ? 300 : 30,
      TOut_y: outdoor,
      tSwi_y: this.switchings.at(-1)?.time ?? 0,
      nSwi_y: this.switchings.length,
    };
  }

  #advanceTo(end: number): void {
    while (this.#time < end) {
      const stop = Math.min(end, HOUR * (Math.floor(this.#time / HOUR) + 1), this.#time + LONGEST_STEP);
      const [from, start] = [this.#time, this.#values];
      const reached = this.#stepped(from, start, stop);
      if (this.#switches(reached)) {
        let [before, after] = [from, stop];
        while (after - before > EVENT_WIDTH) {
          const middle = (before + after) / 2;
          if (middle <= before || middle >= after) break;
          if (this.#switches(this.#stepped(from, start, middle))) after = middle;
          else before = middle;
        }
        this.#values = this.#stepped(from, start, after);
        this.#time = after;
      } else {
        this.#values = reached;
        this.#time = stop;
      }
      // A sample shows what is before an event at its time.
      if (this.#time < end) this.#settle();
    }
  }

  /** Bogacki and Shampine's formula of order 3, at a step at which its error is far below what is compared. */
  #stepped(from: number, y: Values, to: number): Values {
    const h = to - from;
    const plus = (...terms: readonly (readonly [number, Values])[]) =>
      y.map((value, i) => value + terms.reduce((sum, [factor, slope]) => sum + factor * h * (slope[i] ?? 0), 0));
    const k1 = this.#slopes(from, y);
    const k2 = this.#slopes(from + h / 2, plus([1 / 2, k1]));
    const k3 = this.#slopes(from + (3 * h) / 4, plus([3 / 4, k2]));
    return plus([2 / 9, k1], [1 / 3, k2], [4 / 9, k3]);
  }

  #slopes(time: number, values: Values): Values {
    const [outdoor, solar] = this.#weatherAt(time);
    const isOccupied = this.#isOccupied;
    const flow = isOccupied ? 0.03 : 0.004;
    return ZONES.flatMap((zone, i) => {
      const [air = 0, wall = 0, co2 = 0] = values.slice(3 * i, 3 * i + 3);
      const other = values[3 * (1 - i)] ?? 0;
      const persons = isOccupied ? zone.persons : 0;
      const sun = zone.aperture * solar;
      const intoAir =
        1006 * flow * (outdoor - air) +
        zone.airToWall * (wall - air) +
        BETWEEN * (other - air) +
        0.4 * sun +
        80 * persons +
        zone.heater * this.#signal(i);
      const intoWall = zone.airToWall * (air - wall) + zone.wallToOutside * (outdoor - wall) + 0.6 * sun;
      return [intoAir / zone.air, intoWall / zone.wall, (flow * (400 - co2) + 7.9 * persons) / zone.airMass];
    });
  }

  /** Occupied or not since the last event: the schedule's own steps are events. */
  #isOccupied = false;

  #settle(): void {
    const time = this.#time % YEAR;
    const hour = Math.floor((time % DAY) / HOUR);
    this.#isOccupied = Math.floor(time / DAY) % 7 < 5 && hour >= 7 && hour < 19;
    for (const [zone, { name }] of ZONES.entries()) {
      if (!this.#isAtLimit(zone, this.#values)) continue;
      const isOn = !this.#isOn[zone];
      this.#isOn[zone] = isOn;
      this.switchings.push({ time: this.#time, zone: name, isOn });
    }
  }

  #switches(values: Values): boolean {
    return ZONES.some((_, zone) => this.#isAtLimit(zone, values));
  }

  #isAtLimit(zone: number, values: Values): boolean {
    const above = (values[3 * zone] ?? 0) - this.#setPoint(zone);
    return this.#isOn[zone] ? above >= 0.5 : above <= -0.5;
  }

  #setPoint(zone: number): number {
    const name = ZONES[zone]?.name;
    if (this.#inputs[`oveTSet${name}_activate`] === 1) return this.#inputs[`oveTSet${name}_u`] ?? Number.NaN;
    return this.#isOccupied ? 294.15 : 289.15;
  }

  #signal(zone: number): number {
    const name = ZONES[zone]?.name;
    if (this.#inputs[`oveHea${name}_activate`] === 1) {
      return Math.min(1, Math.max(0, this.#inputs[`oveHea${name}_u`] ?? Number.NaN));
    }
    return this.#isOn[zone] ? 1 : 0;
  }

  #weatherAt(time: number): readonly [outdoor: number, solar: number] {
    const inYear = time % YEAR;
    const row = Math.min(this.#weather.length - 2, Math.floor(inYear / HOUR));
    const [from = [], to = []] = this.#weather.slice(row, row + 2);
    const share = inYear / HOUR - row;
    const at = (column: number) => (from[column] ?? 0) + share * ((to[column] ?? 0) - (from[column] ?? 0));
    return [at(1), at(2)];
  }
}

/** Rows of time, outdoor temperature and solar radiation, out of the file that the FMUs read. */
function readWeather(): readonly (readonly number[])[] {
  const file = resources().find(({ path }) => path.endsWith("weather.csv"));
  const lines = String(file?.content).split("\n");
  return lines.filter((line) => /^\d/.test(line)).map((line) => line.split(",").map(Number));
}
