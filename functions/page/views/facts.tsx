import type { About } from "../client/types.ts";
import { overwritesOf, zonesOf } from "../state/zones.ts";

/** What a building is, and what a controller of it may set. */
export function Facts({ about }: { about: About }) {
  const zones = zonesOf(about).length;
  const inputs = overwritesOf(about).length;
  const facts = [
    [zones === 1 ? "zone" : "zones", zones],
    ["m²", about.area],
    [inputs === 1 ? "input" : "inputs", inputs],
    ["measurements", Object.keys(about.measurements).length],
  ] as const;
  const names = overwritesOf(about).map(({ description }) => description);
  return (
    <>
      <ul class="facts">
        {facts.map(([what, count]) => (
          <li key={what}>
            <b>{count}</b> {what}
          </li>
        ))}
      </ul>
      {inputs > 0 && (
        <p class="hint">
          A controller may set: {names.slice(0, 3).join(", ")}
          {inputs > 3 && `, and ${inputs - 3} more`}.
        </p>
      )}
    </>
  );
}
