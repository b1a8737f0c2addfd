import { type Context, withContext } from "./context.ts";
import type { Machine } from "./machine.ts";
import { type Section, type Target, targetTable, writeSection, writeTable } from "./table.ts";

/** Measures one part of the bench. */
export type Part = (context: Context) => Promise<Section>;

/** The result of a part, or its error. */
export type Outcome =
  | { readonly part: string; readonly section: Section }
  | { readonly part: string; readonly failure: string };

/** Runs parts one after the other, each with its own context. A failed part does not affect the others. */
export async function runParts(
  parts: Readonly<Record<string, Part>>,
  {
    quick,
    buildings,
    say,
    onOutcome,
  }: Pick<Context, "quick" | "buildings" | "say"> & { onOutcome: (outcome: Outcome) => void },
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [part, measure] of Object.entries(parts)) {
    let outcome: Outcome;
    const beganAt = performance.now();
    try {
      const section = await withContext({ quick, buildings, say: (what) => say(`${part}: ${what}`) }, measure);
      outcome = { part, section };
    } catch (error) {
      say(`${part} has failed: ${error instanceof Error ? error.stack : error}`);
      outcome = { part, failure: error instanceof Error ? error.message : String(error) };
    }
    say(`${part} took ${Math.round((performance.now() - beganAt) / 1000)} s`);
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

/** Whether no part failed and every promise is kept. */
export function isGood(outcomes: readonly Outcome[]): boolean {
  return outcomes.every((outcome) => "section" in outcome) && targetsOf(outcomes).every(({ isMet }) => isMet);
}

export function writeHead(machine: Machine, quick: boolean): string {
  const { cpu, cores, memoryGb, system, node, redis, commit, date } = machine;
  return [
    `# Bench${quick ? " (quick)" : ""}`,
    `${cpu}, ${cores} cores, ${memoryGb} GB; ${system}; Node.js ${node}, Redis ${redis}; commit ${commit}, ${date}`,
    "A figure like 2.6 (1.9–2.9) is the median of several rounds, with the lowest and the highest of them; of a ratio, of the ratios in each round.",
  ].join("\n\n");
}

export function writeOutcome(outcome: Outcome): string {
  return "section" in outcome ? writeSection(outcome.section) : `## ${outcome.part}\n\nFAILED: ${outcome.failure}`;
}

/** The promises of all parts and their figures; empty without promises. */
export function writeTargets(outcomes: readonly Outcome[]): string {
  const targets = targetsOf(outcomes);
  return targets.length === 0 ? "" : `## Promises\n\n${writeTable(targetTable(targets))}`;
}

function targetsOf(outcomes: readonly Outcome[]): Target[] {
  return outcomes.flatMap((outcome) => ("section" in outcome ? outcome.section.targets : []));
}
