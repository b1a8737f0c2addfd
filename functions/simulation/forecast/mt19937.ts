/**
 * The Mersenne Twister MT19937 of Matsumoto and Nishimura (2002), bit for bit: seeded by their `init_genrand`,
 * with their 53-bit doubles (`genrand_res53`). Forecast errors must be those that the benchmark's users know.
 */
const N = 624;
const M = 397;
const MATRIX_A = 0x9908b0df;
const UPPER_MASK = 0x80000000;
const LOWER_MASK = 0x7fffffff;

export class Mt19937 {
  private readonly state = new Uint32Array(N);
  private index = N;

  /** `seed`: an integer; its lowest 32 bits count, as in the original. */
  constructor(seed: number) {
    const { state } = this;
    state[0] = seed % 2 ** 32;
    for (let i = 1; i < N; i++) {
      const before = state[i - 1] as number;
      state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  /** The next 32 random bits: an integer from 0 to 2³² − 1 (`genrand_int32`). */
  nextUint32(): number {
    if (this.index >= N) this.twist();
    let y = this.state[this.index++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** The next random double of 53 bits, 0 ≤ x < 1 (`genrand_res53`). */
  nextDouble(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  private twist(): void {
    const { state } = this;
    for (let k = 0; k < N; k++) {
      const y = ((state[k] as number) & UPPER_MASK) | ((state[(k + 1) % N] as number) & LOWER_MASK);
      state[k] = (state[(k + M) % N] as number) ^ (y >>> 1) ^ (y & 1 ? MATRIX_A : 0);
    }
    this.index = 0;
  }
}
