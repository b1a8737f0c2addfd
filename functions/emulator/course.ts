import type { Grid } from "../simulation/emulator.ts";

/** A stretch of a grid under constant inputs. */
export interface Course {
  readonly grid: Grid;
  /** In the order of the model's inputs. */
  readonly inputs: readonly number[];
  /** Simulated intervals of the grid: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

/** Whether a course lies on this grid and has these inputs. */
export function isOn(course: Course, grid: Grid, inputs: readonly number[]): boolean {
  const { start, length, intervals } = course.grid;
  const isGrid = start === grid.start && length === grid.length && intervals === grid.intervals;
  return isGrid && course.inputs.every((value, i) => Object.is(value, inputs[i]));
}
