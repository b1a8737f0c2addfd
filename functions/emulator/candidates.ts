import type { PlannedStep } from "../simulation/emulator.ts";
import type { Samples } from "../simulation/samples.ts";
import { EmulatorError } from "./failure.ts";
import { LogTail } from "./log-tail.ts";
import type { ModelChild } from "./model-child.ts";
import { packSamples } from "./packed-samples.ts";
import type { CandidatesRequest } from "./protocol.ts";

const WATCH_MS = 50;
/** What the samples of one reply take, in base64: Lambda allows 6 MB (bytes). */
const MOST_BYTES = 5_000_000;

/** Computes a candidate in a process of its own, which it tells as soon as it has it. Rejects with an `EmulatorError`. */
export type TryOne = (steps: readonly PlannedStep[], take: (child: ModelChild) => void) => Promise<Samples>;

/**
 * The candidates of one request, computed in several processes at once; each begins at the same state. One that fails, fails alone.
 *
 * Processes are put to the state one by one, rather than copied by fork(2): a model may start no processes, and the kernel cannot
 * tell what the model calls from what its host does. Besides, a copy would not be this process' child: it could not be waited for,
 * and the model's own folder would be the same in all copies.
 */
export class Candidates {
  /** Of those that were begun. */
  readonly samples: (string | null)[] = [];
  readonly log = new LogTail();
  readonly #work: CandidatesRequest["work"];
  readonly #limits: { readonly atOnce: number; readonly memoryBytes: number };
  readonly #atWork = new Set<ModelChild>();
  #running = 0;
  #bytes = 0;
  #largest = 0;
  #isCrowded = false;

  /** @param limits candidates at once; resident memory of all their processes, bytes */
  constructor(work: CandidatesRequest["work"], limits: { readonly atOnce: number; readonly memoryBytes: number }) {
    this.#work = work;
    this.#limits = limits;
  }

  /** Computes all, or as many as time and the reply's size allow. Rejects only with what is no `EmulatorError`. */
  async computeAll(tryOne: TryOne): Promise<void> {
    const endsAt = performance.now() + this.#work.budgetMs;
    const watch = setInterval(() => this.#watchMemory(), WATCH_MS);
    try {
      await Promise.all(Array.from({ length: this.#limits.atOnce }, () => this.#computeSome(endsAt, tryOne)));
    } finally {
      clearInterval(watch);
    }
  }

  async #computeSome(endsAt: number, tryOne: TryOne): Promise<void> {
    for (let steps = this.#next(endsAt); steps !== undefined; steps = this.#next(endsAt)) {
      const place = this.samples.push(null) - 1;
      this.#running++;
      this.samples[place] = await this.#compute(steps, tryOne);
      this.#running--;
    }
  }

  /** The next candidate, if another one may begin: the first one may. */
  #next(endsAt: number): readonly PlannedStep[] | undefined {
    const begun = this.samples.length;
    const expected = this.#bytes + (this.#running + 1) * this.#largest;
    const isRefused = expected > MOST_BYTES || performance.now() > endsAt || (this.#isCrowded && this.#running > 0);
    return begun > 0 && isRefused ? undefined : this.#work.candidates[begun];
  }

  async #compute(steps: readonly PlannedStep[], tryOne: TryOne): Promise<string | null> {
    let child: ModelChild | undefined;
    try {
      const samples = await tryOne(steps, (taken) => {
        child = taken;
        this.#atWork.add(taken);
      });
      const text = packSamples(samples).toString("base64");
      this.#largest = Math.max(this.#largest, text.length);
      if (this.#bytes + text.length > MOST_BYTES) return null;
      this.#bytes += text.length;
      return text;
    } catch (error) {
      if (error instanceof EmulatorError) return null;
      throw error;
    } finally {
      if (child !== undefined) this.#atWork.delete(child);
    }
  }

  /** Each process has its own limit, which is what there is for all of them: the last one gives way. */
  #watchMemory(): void {
    const children = [...this.#atWork];
    const bytes = children.reduce((sum, child) => sum + child.residentBytes, 0);
    if (children.length < 2 || bytes <= this.#limits.memoryBytes) return;
    this.#isCrowded = true;
    children.at(-1)?.kill(new EmulatorError("memory", "there was not enough memory for so many models at once"));
  }
}
