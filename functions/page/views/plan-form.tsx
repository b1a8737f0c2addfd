import { useComputed, useSignal } from "@preact/signals";
import type { About } from "../client/types.ts";
import { shownAs } from "../state/format.ts";
import { overwritesOf } from "../state/zones.ts";
import { NumberInput } from "./parts.tsx";

export type Kind = "constant" | "random";

interface PlanFormProps {
  readonly about: About;
  /** What was asked for last, by field. */
  readonly before: Readonly<Record<string, string>>;
  readonly isTrying: boolean;
  /** The test's step is known. */
  readonly isReady: boolean;
  readonly onTry: (form: FormData) => void;
}

/** Which plans are to be tried. */
export function PlanForm({ about, before, isTrying, isReady, onTry }: PlanFormProps) {
  const inputs = overwritesOf(about);
  const name = useSignal(before.input ?? inputs[0]?.name ?? "");
  const last = (field: string, otherwise: number) => {
    // Another input has other limits.
    const isSame = before.input === name.value && before[field] !== undefined;
    return isSame ? Number(before[field]) : otherwise;
  };
  const input = useComputed(() => inputs.find((each) => each.name === name.value) ?? inputs[0]);
  if (input.value === undefined) return <p class="empty">This test case has no inputs.</p>;
  const { unit, minimum, maximum } = input.value;
  const shown = shownAs(unit);
  const [from, to] = [Math.max(0, minimum ?? 0), unit === "W" ? Math.min(3000, maximum ?? 3000) : (maximum ?? 1)];
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    onTry(new FormData(event.currentTarget as HTMLFormElement));
  };
  return (
    <form class="fields" onSubmit={onSubmit}>
      <label>
        Input
        <select name="input" value={name.value} onChange={(event) => (name.value = event.currentTarget.value)}>
          {inputs.map((each) => (
            <option key={each.name} value={each.name}>
              {each.description}
            </option>
          ))}
        </select>
      </label>
      <label>
        Plans
        <select name="kind">
          <option value={"constant" satisfies Kind}>Constant values</option>
          <option value={"random" satisfies Kind} selected={before.kind === "random"}>
            At random
          </option>
        </select>
      </label>
      <label>
        From{shown.unit === "" ? "" : `, ${shown.unit}`}
        <NumberInput key={`from ${name.value}`} name="from" value={last("from", shown.of(from))} />
      </label>
      <label>
        To{shown.unit === "" ? "" : `, ${shown.unit}`}
        <NumberInput key={`to ${name.value}`} name="to" value={last("to", shown.of(to))} />
      </label>
      <label>
        How many
        <NumberInput name="count" min="2" max="60" step="1" value={last("count", 9)} />
      </label>
      <label>
        For, hours
        <NumberInput name="hours" min="0.1" max="336" value={last("hours", 12)} />
      </label>
      <button type="submit" class="main" disabled={isTrying || !isReady}>
        {isTrying ? "Trying …" : "Try"}
      </button>
    </form>
  );
}
