import type { About, Inputs, Points } from "../client/types.ts";
import { overwritesOf, type Pair, pairsOf } from "./zones.ts";

/** Who chooses the inputs of the next step. */
export type Controller =
  | { readonly kind: "built-in" }
  /** The inputs that the user has overwritten, held. */
  | { readonly kind: "manual" }
  /** Drives each zone back into its comfort band. `gain`: in the input's unit for each kelvin outside. */
  | { readonly kind: "proportional"; readonly gain: number };

export const CONTROLLERS = {
  "built-in": { name: "Built-in", means: "The building's own control. No input is overwritten." },
  proportional: {
    name: "Proportional",
    means: "Heats or cools each zone in proportion to how far its temperature is outside the comfort band.",
  },
  manual: { name: "By hand", means: "You overwrite inputs with the sliders. They hold until you release them." },
} as const satisfies Record<Controller["kind"], { name: string; means: string }>;

/** What the user wants of inputs, by name: a value in the input's unit, or null to release it. */
export type Wishes = Readonly<Record<string, number | null>>;

/** The limits of comfort, K. */
export interface Band {
  readonly lower: number;
  readonly upper: number;
}

/** The inputs of one step. `points` are the current ones. */
export function inputsOf(
  controller: Controller,
  about: About,
  points: Points,
  wishes: Wishes,
  bands: ReadonlyMap<string, Band>,
): Inputs {
  switch (controller.kind) {
    case "built-in":
      return released(about, points);
    case "manual":
      return Object.assign(
        {},
        ...overwritesOf(about).map(({ name, value, activate }) => wished(wishes[name], value, activate)),
      );
    case "proportional": {
      const used = pairsOf(about);
      const others = released(
        about,
        points,
        used.map(({ overwrite }) => overwrite.activate),
      );
      return Object.assign(
        others,
        ...used.map((pair) => proportional(pair, controller.gain, points, bands.get(pair.zone))),
      );
    }
  }
}

function wished(wish: number | null | undefined, value: string, activate: string): Inputs {
  if (wish === undefined) return {};
  return wish === null ? { [activate]: 0 } : { [value]: wish, [activate]: 1 };
}

/** Releases all inputs that are in force, but those that are to stay. */
function released(about: About, points: Points, kept: readonly string[] = []): Inputs {
  const active = overwritesOf(about).filter(({ activate }) => points[activate] !== 0 && !kept.includes(activate));
  return Object.fromEntries(active.map(({ activate }) => [activate, 0]));
}

function proportional({ temperature, overwrite }: Pair, gain: number, points: Points, band?: Band): Inputs {
  const now = points[temperature];
  if (now === undefined || band === undefined) return {};
  const outside = Math.max(band.lower - now, 0) + Math.min(band.upper - now, 0);
  const { minimum, maximum, value, activate } = overwrite;
  const wanted = gain * outside;
  const clipped = Math.min(maximum ?? wanted, Math.max(minimum ?? wanted, wanted));
  return { [value]: clipped, [activate]: 1 };
}
