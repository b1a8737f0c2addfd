import type { Manifest } from "./manifest.ts";
import type { PublishedRecord } from "./records.ts";

/** What the users of a package should know of how its model is run; undefined if nothing. */
export function remarkOf({
  verdict,
  model,
  isPlain,
}: Pick<Manifest, "verdict" | "model" | "isPlain">): string | undefined {
  const plain = isPlain && PLAIN;
  const kept =
    model.keeps === "replayed" ? replayedOf(verdict) : model.keeps === "image" ? imageOf(verdict) : undefined;
  return plain && kept ? `${plain} ${kept}` : (plain ?? kept);
}

const PLAIN =
  "It is a plain FMU, without BOPTEST's days.json and kpis.json: inputs without an activation are always in force, there are no time periods, and only KPIs that config.json maps have values.";

function replayedOf(verdict: Manifest["verdict"]): string {
  return `Its model cannot save its state: where it is not alive any more, a step repeats all that came before it since the test began.${whyOf(verdict)}`;
}

function imageOf(verdict: Manifest["verdict"]): string {
  return `Its state is kept as an image of its model's memory.${whyOf(verdict)}`;
}

function whyOf({ reason }: Manifest["verdict"]): string {
  return reason === null ? "" : ` Why: ${reason}`;
}

/** What a test case's users should know when they select it; undefined if nothing. */
export function remarkOfRecord({ remark, refused }: PublishedRecord): string | undefined {
  const kept = refused && `The newest upload was refused, and what was uploaded before is used. ${refused.join(" ")}`;
  return remark === undefined ? kept : kept === undefined ? remark : `${remark} ${kept}`;
}
