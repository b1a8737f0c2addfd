import { useSignal } from "@preact/signals";
import type { About, Points } from "../client/types.ts";
import type { Drive } from "../state/drive.ts";
import { number, shownAs } from "../state/format.ts";
import type { WatchedTest } from "../state/test.ts";
import { type Overwrite, overwritesOf } from "../state/zones.ts";

/** So many are shown without a search. */
const SHOWN = 12;

/** A slider for each input, within its limits. What is set takes effect with the next step. */
export function Overwrites({ about, test, drive }: { about: About; test: WatchedTest; drive: Drive }) {
  const search = useSignal("");
  const all = overwritesOf(about);
  const wanted = search.value.toLowerCase();
  const found = all.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted));
  return (
    <div class="overwrites">
      {all.length > SHOWN && (
        <label>
          <span class="unseen">Search inputs</span>
          <input
            type="search"
            placeholder={`Search ${all.length} inputs`}
            onInput={(event) => (search.value = event.currentTarget.value)}
          />
        </label>
      )}
      {found.slice(0, SHOWN).map((each) => (
        <OverwriteSlider key={each.name} overwrite={each} test={test} drive={drive} />
      ))}
    </div>
  );
}

function OverwriteSlider({ overwrite, test, drive }: { overwrite: Overwrite; test: WatchedTest; drive: Drive }) {
  const { name, value, activate, unit, description } = overwrite;
  const points: Partial<Points> = test.points.value ?? {};
  const wish = drive.wishes.value[name];
  const isActive = points[activate] === 1;
  const isWanted = wish === undefined ? isActive : wish !== null;
  const minimum = overwrite.minimum ?? 0;
  const maximum = overwrite.maximum ?? Math.max(1, 2 * (points[value] ?? 0));
  const at = wish ?? points[value] ?? minimum;
  const shown = shownAs(unit);
  const waits = wish !== undefined && (wish === null ? isActive : !isActive || points[value] !== wish);
  const id = `input-${name}`;
  return (
    <div class={isWanted ? "overwrite on" : "overwrite"}>
      <label for={id} title={name}>
        {description}
      </label>
      <output class="value" for={id}>
        {isWanted ? `${number(shown.of(at))} ${shown.unit}` : "built-in"}
        {waits && <small> from the next step</small>}
      </output>
      <input
        id={id}
        type="range"
        min={minimum}
        max={maximum}
        step={(maximum - minimum) / 200}
        value={at}
        aria-valuetext={`${number(shown.of(at))} ${shown.unit}`}
        onInput={(event) => drive.wish(name, event.currentTarget.valueAsNumber)}
      />
      <button
        type="button"
        class="quiet"
        disabled={!isWanted}
        onClick={() => drive.wish(name, null)}
        aria-label={`Release ${description}`}
      >
        Release
      </button>
      <small class="limits">
        <span>{number(shown.of(minimum))}</span>
        <span>
          {number(shown.of(maximum))} {shown.unit}
        </span>
      </small>
    </div>
  );
}
