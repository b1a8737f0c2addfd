import type { Grid } from "../simulation/emulator.ts";

/** A stretch of a grid under inputs that are held: where a model is, or was. */
export interface Course {
  readonly grid: Grid;
  /** In the order of the model's inputs. */
  readonly inputs: readonly number[];
  /** Intervals of the grid: from the first (inclusive) to the last (exclusive) that is simulated. */
  readonly from: number;
  readonly to: number;
}

/** Whether a course is on this grid, under these inputs. */
export function isOn(course: Course, grid: Grid, inputs: readonly number[]): boolean {
  const { start, length, intervals } = course.grid;
  const isGrid = start === grid.start && length === grid.length && intervals === grid.intervals;
  return isGrid && course.inputs.every((value, i) => Object.is(value, inputs[i]));
}
