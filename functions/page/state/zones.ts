import type { About } from "../client/types.ts";

/** A thermal zone: its points, as the KPIs take them. */
export interface Zone {
  /** As in `LowerSetp[1]`. */
  readonly name: string;
  readonly temperatures: readonly string[];
}

/** The zones whose temperatures count for thermal comfort. */
export function zonesOf({ signals }: About): readonly Zone[] {
  const zones = new Map<string, string[]>();
  for (const [signal, points] of Object.entries(signals)) {
    const [, name] = /^(?:AirZoneTemperature|OperativeZoneTemperature)\[(.+)\]$/.exec(signal) ?? [];
    if (name !== undefined) zones.set(name, [...(zones.get(name) ?? []), ...points]);
  }
  return [...zones].map(([name, temperatures]) => ({ name, temperatures }));
}

/** The points that carry powers, by their carrier, such as `Gas`. */
export function powersOf({ signals }: About): readonly { readonly carrier: string; readonly point: string }[] {
  return Object.entries(signals).flatMap(([signal, points]) => {
    const [, carrier] = /^(\w+)Power$/.exec(signal) ?? [];
    return carrier === undefined ? [] : points.map((point) => ({ carrier, point }));
  });
}

/** What a controller may overwrite: pairs of a value and the switch that puts it in force. */
export interface Overwrite {
  /** Without `_u`. */
  readonly name: string;
  readonly value: string;
  readonly activate: string;
  readonly unit: string | null;
  readonly description: string;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

export function overwritesOf({ inputs }: About): readonly Overwrite[] {
  return Object.entries(inputs).flatMap(([value, info]) => {
    const name = value.replace(/_u$/, "");
    const activate = `${name}_activate`;
    if (name === value || !Object.hasOwn(inputs, activate)) return [];
    const { Unit: unit, Description, Minimum: minimum, Maximum: maximum } = info;
    return [{ name, value, activate, unit, description: Description ?? name, minimum, maximum }];
  });
}

/** A zone and the input that heats or cools it. */
export interface Pair {
  readonly zone: string;
  readonly temperature: string;
  readonly overwrite: Overwrite;
}

/**
 * For a proportional controller: to each zone the input whose name is most like that of its temperature. Set-points are
 * no actuators: those in kelvin are left out.
 */
export function pairsOf(about: About): readonly Pair[] {
  const actuators = overwritesOf(about).filter(({ unit }) => unit !== "K");
  const zones = zonesOf(about);
  return zones.flatMap(({ name, temperatures: [temperature] }) => {
    if (temperature === undefined) return [];
    const scored = actuators.map((overwrite) => ({ overwrite, score: likeness(overwrite.name, temperature) }));
    const best = scored.sort((one, other) => other.score - one.score)[0];
    return best === undefined ? [] : [{ zone: name, temperature, overwrite: best.overwrite }];
  });
}

/** The length of the longest part that two names share. */
function likeness(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  let longest = 0;
  for (let i = 0; i < a.length; i++) {
    while (i + longest < a.length && b.includes(a.slice(i, i + longest + 1))) longest++;
  }
  return longest;
}

/** A gain that takes an actuator from nothing to its limit in a few kelvin. */
export function usualGain({ unit, maximum }: Overwrite): number {
  if (unit === "W") return 2000;
  return maximum === null ? 1 : maximum / 2;
}
