import { randomOf } from "./random.ts";

/** A fault at one moment, or for some time. */
export interface Fault {
  /** Time since the start, ms. */
  readonly atMs: number;
  readonly kind: FaultKind;
  /** Duration, ms; 0 for an instantaneous fault. */
  readonly forMs: number;
  /** The share of the calls that fail, for faults of calls. */
  readonly part: number;
  /** 0 … 1: selects the process, for faults of processes. */
  readonly which: number;
}

/**
 * The relative frequency and the duration of each fault: of processes, redis-server among them, which may also go back to an
 * earlier state of its file; of calls, `…-before` and `…-after` they take effect; and of doorbells.
 */
export const FAULTS = {
  "worker-kill": { weight: 6, lastsMs: [0, 0] },
  "worker-pause": { weight: 5, lastsMs: [1200, 2600] },
  "api-kill": { weight: 2, lastsMs: [0, 0] },
  "api-pause": { weight: 2, lastsMs: [300, 2600] },
  "emulator-kill": { weight: 2, lastsMs: [0, 0] },
  "sweeper-kill": { weight: 1, lastsMs: [0, 0] },
  "redis-kill": { weight: 2, lastsMs: [50, 700] },
  "redis-set-back": { weight: 2, lastsMs: [50, 700] },
  "redis-fail-before": { weight: 4, lastsMs: [300, 1500] },
  "redis-fail-after": { weight: 5, lastsMs: [300, 1500] },
  "redis-cut-after": { weight: 5, lastsMs: [300, 1500] },
  "redis-delay": { weight: 4, lastsMs: [300, 2000] },
  "redis-duplicate": { weight: 4, lastsMs: [300, 2000] },
  "s3-fail-before": { weight: 3, lastsMs: [500, 3000] },
  "s3-fail-after": { weight: 3, lastsMs: [500, 3000] },
  "s3-delay": { weight: 2, lastsMs: [500, 3000] },
  "s3-duplicate": { weight: 2, lastsMs: [500, 3000] },
  "sqs-fail-before": { weight: 2, lastsMs: [300, 2000] },
  "sqs-fail-after": { weight: 2, lastsMs: [300, 2000] },
  "sqs-delay": { weight: 2, lastsMs: [300, 2000] },
  "doorbells-lost": { weight: 3, lastsMs: [300, 2000] },
  "doorbells-doubled": { weight: 3, lastsMs: [500, 3000] },
} as const satisfies Record<string, { weight: number; lastsMs: readonly [number, number] }>;

export type FaultKind = keyof typeof FAULTS;

/** Mean time between two faults. */
const GAP_MS = 700;

/** The faults of a run, in order of time: the same for the same seed and length. Emulators are killed only with a model. */
export function makeSchedule(seed: number, lengthMs: number, withModel: boolean): Fault[] {
  const random = randomOf(seed, "faults");
  const all = Object.entries(FAULTS) as [FaultKind, (typeof FAULTS)[FaultKind]][];
  const kinds = all.filter(([kind]) => withModel || kind !== "emulator-kill");
  const weights = kinds.reduce((sum, [, { weight }]) => sum + weight, 0);
  const draw = (): [FaultKind, readonly [number, number]] => {
    let left = random.next() * weights;
    for (const [kind, { weight, lastsMs }] of kinds) {
      left -= weight;
      if (left < 0) return [kind, lastsMs];
    }
    return ["worker-kill", [0, 0]];
  };
  const faults: Fault[] = [];
  let atMs = 0;
  for (;;) {
    atMs += -GAP_MS * Math.log(1 - random.next());
    const [kind, [shortest, longest]] = draw();
    const [forMs, part, which] = [random.between(shortest, longest), random.between(0.1, 0.5), random.next()];
    if (atMs >= lengthMs) return faults;
    faults.push({ atMs, kind, forMs: Math.min(forMs, lengthMs - atMs), part, which });
  }
}
