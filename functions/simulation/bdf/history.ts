import { HIGHEST_ORDER, type Memory } from "./memory.ts";
import { at } from "./problem.ts";

/** The polynomial `memory.step` later: the prediction. All rows are sums of those below them (Pascal's triangle). */
export function predict(memory: Memory): void {
  const { history, size, order } = memory;
  for (let k = 1; k <= order; k++) {
    for (let j = order; j >= k; j--) addRow(history, size, j - 1, j, 1);
  }
}

/** Undoes `predict`, but for rounding. */
export function takeBack(memory: Memory): void {
  const { history, size, order } = memory;
  for (let k = 1; k <= order; k++) {
    for (let j = order; j >= k; j--) addRow(history, size, j - 1, j, -1);
  }
}

/** Adds a correction of y, which is 0 at the last steps' times. */
export function correct(memory: Memory, rows: Float64Array, correction: Float64Array): void {
  const { history, size, order } = memory;
  for (let j = 0; j <= order; j++) {
    const factor = at(rows, j);
    for (let i = 0; i < size; i++) history[j * size + i] = at(history, j * size + i) + factor * at(correction, i);
  }
}

/** Another step length. */
export function rescale(memory: Memory, growth: number): void {
  const { history, size, order } = memory;
  let factor = growth;
  for (let j = 1; j <= order; j++) {
    for (let i = 0; i < size; i++) history[j * size + i] = at(history, j * size + i) * factor;
    factor *= growth;
  }
  memory.step *= growth;
  memory.nextStep = memory.step;
}

/** The solution at `time`, within the last step. */
export function interpolate(memory: Memory, time: number, into: Float64Array): void {
  const { history, size, order } = memory;
  const x = (time - memory.time) / memory.step;
  for (let i = 0; i < size; i++) {
    let value = at(history, order * size + i);
    for (let j = order - 1; j >= 0; j--) value = at(history, j * size + i) + x * value;
    into[i] = value;
  }
}

/** One order more or less, and the wait until the next change. */
export function changeOrder(memory: Memory, by: 1 | -1): void {
  if (by === 1) raise(memory);
  else lower(memory);
  memory.order += by;
  memory.wait = memory.order + 1;
}

/**
 * A polynomial of a degree more, through a value more: the new row is the correction that the last row has kept, divided by what the
 * steps' lengths say.
 */
function raise({ history, size, order, step, lengths }: Memory): void {
  const factors = new Float64Array(HIGHEST_ORDER + 2);
  factors[2] = 1;
  let [alpha0, alpha1, product, before, distance] = [-1, 1, 1, 1, step];
  for (let j = 1; j < order; j++) {
    distance += at(lengths, j);
    const xi = distance / step;
    product *= xi;
    alpha0 -= 1 / (j + 1);
    alpha1 += 1 / xi;
    for (let i = j + 2; i >= 2; i--) factors[i] = at(factors, i) * before + at(factors, i - 1);
    before = xi;
  }
  const scale = (-alpha0 - alpha1) / product;
  for (let i = 0; i < size; i++) {
    history[(order + 1) * size + i] = scale * at(history, HIGHEST_ORDER * size + i);
  }
  for (let j = 2; j <= order; j++) addRow(history, size, j, order + 1, at(factors, j));
}

/** The polynomial without the oldest value. */
function lower({ history, size, order, step, lengths }: Memory): void {
  if (order === 2) return;
  const factors = new Float64Array(HIGHEST_ORDER + 1);
  factors[2] = 1;
  let distance = 0;
  for (let j = 1; j <= order - 2; j++) {
    distance += at(lengths, j - 1);
    const xi = distance / step;
    for (let i = j + 2; i >= 2; i--) factors[i] = at(factors, i) * xi + at(factors, i - 1);
  }
  for (let j = 2; j < order; j++) addRow(history, size, j, order, -at(factors, j));
}

function addRow(history: Float64Array, size: number, to: number, from: number, factor: number): void {
  for (let i = 0; i < size; i++) {
    history[to * size + i] = at(history, to * size + i) + factor * at(history, from * size + i);
  }
}
