import type { Manifest } from "./manifest.ts";

/** What the users of a test case should know of how its model is run; undefined if nothing. */
export function remarkOf({ verdict, model }: Pick<Manifest, "verdict" | "model">): string | undefined {
  if (model.keeps !== "replayed") return undefined;
  const why = verdict.reason === null ? "" : ` Why: ${verdict.reason}`;
  return `Its model cannot save its state: where it is not alive any more, a step repeats all that came before it since the test began.${why}`;
}
