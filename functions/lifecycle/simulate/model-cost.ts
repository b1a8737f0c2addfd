import { MODEL_COST } from "../../emulator-client/emulator.ts";
import { INLINE_STATE_BYTES } from "../../results/state.ts";
import type { Emulator, Simulated } from "../../simulation/emulator.ts";
import type { TestFields } from "../../streams/claim.ts";
import { encode } from "../record/record.ts";

/** A state of more bytes may be an object of its own after the next step, which is a worker's. Base64 takes four thirds. */
const SMALL_STATE_BYTES = (INLINE_STATE_BYTES * 3) / 4 / 2;

/**
 * What a compiled model's work takes, its calls included: nobody can tell before. What a test's last step took is the estimate for
 * its next one. After a start, a move or a repetition of the model's history it is high, and a worker carries the next step out.
 */
export class ModelCost {
  #ms = 0;
  #seconds = 0;
  #stateBytes = 0;

  /** The same emulator, measured. */
  measured({ advance, ...others }: Emulator): Emulator {
    return {
      ...others,
      advance: async (state, inputs, grid, from, to): Promise<Simulated> => {
        const startedAt = performance.now();
        const simulated = await advance(state, inputs, grid, from, to);
        this.#ms += performance.now() - startedAt;
        this.#seconds += ((to - from) * grid.length) / grid.intervals;
        this.#stateBytes = simulated.state.length;
        return simulated;
      },
    };
  }

  /** The fields that a commit writes of it; none if nothing was simulated. */
  fields(): TestFields {
    if (this.#seconds === 0) return {};
    if (this.#stateBytes > SMALL_STATE_BYTES) return encode({ cost: MODEL_COST });
    return encode({ cost: Number((this.#ms / this.#seconds).toPrecision(3)) });
  }
}
