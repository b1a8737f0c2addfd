import type { BoundaryData } from "../simulation/boundary.ts";
import type { Stretch } from "./stretches.ts";

/** The stretches with columns for points of the boundary data besides: what these were at the samples' times. */
export function withBoundary(
  stretches: readonly Stretch[],
  boundary: BoundaryData,
  names: readonly string[],
): readonly Stretch[] {
  if (names.length === 0) return stretches;
  return stretches.map((stretch) => ({
    ...stretch,
    read: async () => {
      const samples = await stretch.read();
      const times = samples.columns[0] ?? new Float64Array(0);
      const columns = names.map((name) => boundary.values(name, times));
      return { names: [...samples.names, ...names], columns: [...samples.columns, ...columns] };
    },
  }));
}
