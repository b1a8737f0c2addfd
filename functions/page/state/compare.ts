import { api } from "../client/api.ts";
import { Refused, Unreachable } from "../client/call.ts";
import type { About, Columns, Kpis } from "../client/types.ts";
import { comfortPoints } from "./comfort.ts";
import { powersOf, zonesOf } from "./zones.ts";

/** A test as it is compared with others. */
export interface Compared {
  readonly testid: string;
  readonly about?: About;
  readonly kpis?: Kpis;
  readonly time?: number;
  readonly columns?: Columns;
  /** Why it cannot be compared. */
  readonly problem?: string;
}

/** Rows of each trajectory. */
const ROWS = 600;

export async function readCompared(testid: string): Promise<Compared> {
  try {
    const about = await api.about(testid);
    const names = [
      ...comfortPoints(about).slice(0, 2),
      ...zonesOf(about).flatMap(({ temperatures }) => temperatures),
      ...powersOf(about).map(({ point }) => point),
    ];
    const [kpis, points, columns] = await Promise.all([
      api.kpis(testid),
      api.points(testid),
      api.results(testid, [...new Set(names)], [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], ROWS),
    ]);
    return { testid, about, kpis, columns, time: points.value?.time ?? 0 };
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    return { testid, problem: error.message };
  }
}
