/** The highest order of the method: BDF of order 6 is hardly stable, and higher ones are not. */
export const HIGHEST_ORDER = 5;

/** Numbers of a memory besides its arrays. */
const SCALARS = 14;

/**
 * What the integrator carries from one step to the next: a value that can be written down and read again, to the last bit.
 *
 * The past is a Nordsieck array: row j of `history` is h^j y^(j) / j! of the polynomial through the last values, at `time`.
 */
export class Memory {
  readonly size: number;
  /** s */
  time = 0;
  /** The length of the last step, s, to which the history is scaled; the next one's, and their ratio. */
  step = 0;
  nextStep = 0;
  growth = 1;
  /** The most by which the next step may be longer. */
  mostGrowth = 1;
  order = 1;
  nextOrder = 1;
  /** Steps until another order is considered. */
  wait = 0;
  /** Steps since the beginning. */
  steps = 0;
  /** h / l1 of the iteration matrix; the numbers of steps when this and the Jacobian were new; how the iteration converges. */
  matrixGamma = 0;
  matrixAge = 0;
  jacobianAge = 0;
  convergence = 1;
  /** The error constant that belongs to the correction kept in the history's last row, for a higher order's error. */
  keptConstant = 0;

  readonly history: Float64Array;
  /** The lengths of the last steps, s: the newest first. */
  readonly lengths = new Float64Array(HIGHEST_ORDER + 1);
  /** ∂f/∂y by columns. */
  readonly jacobian: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.history = new Float64Array((HIGHEST_ORDER + 1) * size);
    this.jacobian = new Float64Array(size * size);
  }

  /** How many numbers `write` gives for `size` states. */
  static numbers(size: number): number {
    return SCALARS + (HIGHEST_ORDER + 1) * (size + 1) + size * size;
  }

  write(): number[] {
    const scalars = [
      ...[this.time, this.step, this.nextStep, this.growth, this.mostGrowth, this.order, this.nextOrder, this.wait],
      ...[this.steps, this.matrixGamma, this.matrixAge, this.jacobianAge, this.convergence, this.keptConstant],
    ];
    return [...scalars, ...this.history, ...this.lengths, ...this.jacobian];
  }

  /** Becomes what `write` gave. */
  read(numbers: readonly number[]): void {
    if (numbers.length !== Memory.numbers(this.size)) throw new Error(`a memory of ${numbers.length} numbers`);
    let next = 0;
    const take = (): number => numbers[next++] as number;
    this.time = take();
    this.step = take();
    this.nextStep = take();
    this.growth = take();
    this.mostGrowth = take();
    this.order = take();
    this.nextOrder = take();
    this.wait = take();
    this.steps = take();
    this.matrixGamma = take();
    this.matrixAge = take();
    this.jacobianAge = take();
    this.convergence = take();
    this.keptConstant = take();
    for (const array of [this.history, this.lengths, this.jacobian]) {
      for (let i = 0; i < array.length; i++) array[i] = take();
    }
  }
}
