import type { States } from "../../results/state.ts";
import type { Run, Snapshot } from "../../simulation/run.ts";
import type { Sequence } from "../../simulation/sequence.ts";

/*
 * Snapshots, runs and sequences as they are stored: the same values, in which a large emulator state may be a reference to
 * an object. Simulating needs the state itself; reading KPIs or inputs does not.
 */

/** Applies `change` to the emulator's state. */
async function withState<T extends { readonly emulator: string | null }>(
  of: T,
  change: (state: string) => Promise<string>,
): Promise<T> {
  return of.emulator === null ? of : { ...of, emulator: await change(of.emulator) };
}

export const storeSnapshot = (states: States, snapshot: Snapshot) => withState(snapshot, states.store);
export const loadSnapshot = (states: States, stored: Snapshot) => withState(stored, states.load);

export const storeRun = (states: States, run: Run) => withState(run, states.store);
export const loadRun = (states: States, stored: Run) => withState(stored, states.load);

export const storeSequence = (states: States, sequence: Sequence) => ofSequence(sequence, states.store);
export const loadSequence = (states: States, stored: Sequence) => ofSequence(stored, states.load);

async function ofSequence(sequence: Sequence, change: (state: string) => Promise<string>): Promise<Sequence> {
  const [snapshot, run] = await Promise.all([
    withState(sequence.snapshot, change),
    sequence.run === null ? null : withState(sequence.run, change),
  ]);
  return { ...sequence, snapshot, run };
}
