/** How times, values and units are written. */

const DAY = 86_400;
const YEAR = 365 * DAY;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** The day of a test's time, s, in the emulated year, such as `20 Jan`. */
export function day(time: number): string {
  let rest = Math.floor((((time % YEAR) + YEAR) % YEAR) / DAY);
  for (const [month, length] of LENGTHS.entries()) {
    if (rest < length) return `${rest + 1} ${MONTHS[month]}`;
    rest -= length;
  }
  return "";
}

/** The time of day, such as `06:30`. */
export function clock(time: number): string {
  const rest = Math.round(((time % DAY) + DAY) % DAY);
  const seconds = rest % 60 === 0 ? "" : `:${pad(rest % 60)}`;
  return `${pad(Math.floor(rest / 3600))}:${pad(Math.floor((rest % 3600) / 60))}${seconds}`;
}

/** Day and time of day; with the year where it is not the first. */
export function moment(time: number): string {
  const year = Math.floor(time / YEAR);
  return `${day(time)}, ${clock(time)}${year > 0 ? ` (year ${year + 1})` : ""}`;
}

/** A length of time, such as `15 min`, `6 h`, `2 days`. */
export function duration(seconds: number): string {
  const inUnits = (unit: number, name: string) => `${number(seconds / unit)} ${name}`;
  if (seconds >= 2 * DAY) return inUnits(DAY, "days");
  if (seconds >= 3600) return inUnits(3600, "h");
  if (seconds >= 60) return inUnits(60, "min");
  return inUnits(1, "s");
}

/** Three to four significant digits. What is next to nothing, as rounding leaves it, is nothing. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size < 1e-9) return "0";
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2);
  if (size >= 1000) return value.toFixed(0);
  return String(Number(value.toPrecision(size >= 1 ? 4 : 3)));
}

/** How a point's values are shown: kelvin as °C, large watts as kilowatts. */
export interface Shown {
  readonly unit: string;
  readonly of: (value: number) => number;
  readonly back: (value: number) => number;
}

const SAME = (value: number) => value;

export function shownAs(unit: string | null | undefined): Shown {
  if (unit === "K") return { unit: "°C", of: (value) => value - 273.15, back: (value) => value + 273.15 };
  if (unit === "W") return { unit: "kW", of: (value) => value / 1000, back: (value) => value * 1000 };
  if (unit === "($/Euro)/kWh") return { unit: "€/kWh", of: SAME, back: SAME };
  return { unit: unit === "1" || unit === null || unit === undefined ? "" : unit, of: SAME, back: SAME };
}
