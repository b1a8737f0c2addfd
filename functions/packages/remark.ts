import type { Manifest } from "./manifest.ts";
import type { PublishedRecord } from "./records.ts";

/** What the users of a package should know of how its model is run; undefined if nothing. */
export function remarkOf({ verdict, model }: Pick<Manifest, "verdict" | "model">): string | undefined {
  if (model.keeps !== "replayed") return undefined;
  const why = verdict.reason === null ? "" : ` Why: ${verdict.reason}`;
  return `Its model cannot save its state: where it is not alive any more, a step repeats all that came before it since the test began.${why}`;
}

/** What a test case's users should know when they select it; undefined if nothing. */
export function remarkOfRecord({ remark, refused }: PublishedRecord): string | undefined {
  const kept = refused && `The newest upload was refused, and what was uploaded before is used. ${refused.join(" ")}`;
  return remark === undefined ? kept : kept === undefined ? remark : `${remark} ${kept}`;
}
