import type { Model } from "../packages/model.ts";

/** A Jacobian's structure, and columns that one evaluation finds together. */
export interface Colouring {
  /** Columns without a common row, group by group. */
  readonly groups: readonly (readonly number[])[];
  /** The rows of each column, ascending. */
  readonly rows: readonly (readonly number[])[];
}

/** How a model's Jacobian is had. No groups: the integrator has it by itself. */
export interface Jacobian extends Colouring {
  readonly directional: Model["directional"];
}

/** More states are not asked for one by one: what is told of such a Jacobian, all of its places, would be long. */
const MOST_DENSE = 1000;

/** A model's Jacobian in groups of columns; where they save nothing, and it gives directional derivatives, column by column. */
export function jacobianOf({ kind, states, dependencies, directional }: Model): Jacobian {
  if (kind !== "ModelExchange") return { groups: [], rows: [], directional: undefined };
  const colouring = dependencies ? colour(dependencies) : null;
  if (colouring !== null) return { ...colouring, directional };
  if (directional === undefined || states > MOST_DENSE) return { groups: [], rows: [], directional: undefined };
  const all = Array.from({ length: states }, (_, i) => i);
  return { groups: all.map((column) => [column]), rows: all.map(() => all), directional };
}

/**
 * Groups the columns of a sparse Jacobian so that no two of a group have a row in common: one difference of derivatives then
 * gives all of a group's columns. Columns with many rows go first, each into the first group that has room for it (Coleman and
 * Moré: Estimation of Sparse Jacobian Matrices and Graph Coloring Problems, 1983).
 *
 * @param dependencies for each row (derivative), the columns (states) that it depends on
 * @returns null where grouping would not save a third of the evaluations
 */
export function colour(dependencies: readonly (readonly number[])[]): Colouring | null {
  const rows: number[][] = dependencies.map(() => []);
  for (const [row, columns] of dependencies.entries()) {
    for (const column of columns) rows[column]?.push(row);
  }
  const columns = rows.map((_, column) => column);
  columns.sort((one, other) => (rows[other]?.length ?? 0) - (rows[one]?.length ?? 0) || one - other);
  const groups: { readonly taken: Set<number>; readonly columns: number[] }[] = [];
  for (const column of columns) {
    const own = rows[column] ?? [];
    let group = groups.find(({ taken }) => !own.some((row) => taken.has(row)));
    if (group === undefined) {
      group = { taken: new Set(), columns: [] };
      groups.push(group);
    }
    for (const row of own) group.taken.add(row);
    group.columns.push(column);
  }
  if (3 * groups.length > 2 * columns.length) return null;
  return { groups: groups.map((group) => group.columns), rows };
}
