import { useSignal } from "@preact/signals";
import { api } from "../client/api.ts";
import { LEVELS, PRICES } from "../client/types.ts";
import { CONTROLLERS, type Controller } from "../state/controllers.ts";
import type { Drive } from "../state/drive.ts";
import { duration, moment } from "../state/format.ts";
import type { WatchedTest } from "../state/test.ts";
import { overwritesOf, pairsOf, usualGain } from "../state/zones.ts";
import { Overwrites } from "./overwrites.tsx";
import { Choice, NumberInput } from "./parts.tsx";

const HOUR = 3600;
const LENGTHS = [
  [HOUR, "1 hour"],
  [6 * HOUR, "6 hours"],
  [24 * HOUR, "1 day"],
  [7 * 24 * HOUR, "1 week"],
] as const;

/** The controls with which a test is driven. */
export function DriveView({ test, drive }: { test: WatchedTest; drive: Drive }) {
  const length = useSignal<number>(24 * HOUR);
  const { progress, notice } = drive;
  const isRunning = progress.value !== undefined;
  const hasEnd = (test.scenario.value?.time_period ?? null) !== null;
  const step = test.step.value;
  const isByItself = test.runsByItself.value;
  return (
    <section class="card drive" aria-labelledby="drive">
      <h2 id="drive">Controller</h2>
      <ControllerChoice test={test} drive={drive} disabled={isRunning} />
      <div class="run">
        <label>
          <span class="unseen">How long to run</span>
          <select value={length.value} onChange={(event) => (length.value = Number(event.currentTarget.value))}>
            {LENGTHS.map(([seconds, text]) => (
              <option key={seconds} value={seconds}>
                {text}
              </option>
            ))}
            {hasEnd && <option value="Infinity">to the end</option>}
          </select>
        </label>
        {isRunning ? (
          <button type="button" class="main" onClick={drive.pause}>
            Pause
          </button>
        ) : (
          <button
            type="button"
            class="main"
            onClick={() => void drive.run(length.value)}
            disabled={step === undefined || isByItself}
          >
            Run
          </button>
        )}
        {/* A button that is disabled would lose the focus of who presses it again and again. */}
        <button
          type="button"
          onClick={() => void drive.run(step)}
          aria-disabled={isRunning}
          disabled={step === undefined || isByItself}
        >
          Step {step !== undefined && <small>{duration(step)}</small>}
        </button>
      </div>
      {isRunning && (
        <p class="progress" role="status">
          <progress
            {...(Number.isNaN(progress.value) ? {} : { value: progress.value })}
            max={1}
            aria-label="How far the run has come"
          />
          {test.time.value !== undefined && moment(test.time.value)}
        </p>
      )}
      {isByItself && <p class="hint">The test runs by itself. What you set above holds from its next step.</p>}
      {notice.value !== undefined && (
        <p
          class={notice.value.kind === "failed" ? "problem" : "hint"}
          role={notice.value.kind === "failed" ? "alert" : "status"}
        >
          {notice.value.text}
        </p>
      )}
      <Settings test={test} drive={drive} />
    </section>
  );
}

function ControllerChoice({ test, drive, disabled }: { test: WatchedTest; drive: Drive; disabled: boolean }) {
  const about = test.about.value;
  if (about === undefined) return <p class="empty">Loading …</p>;
  const chosen = drive.controller.value;
  const pairs = pairsOf(about);
  const first = pairs[0]?.overwrite;
  // A test that runs by itself holds its inputs: nobody is there who would follow the temperature.
  const hasProportional = first !== undefined && (!test.runsByItself.value || chosen.kind === "proportional");
  const kinds = (["built-in", ...(hasProportional ? ["proportional"] : []), "manual"] as const).filter(
    (kind) => kind !== "manual" || overwritesOf(about).length > 0,
  ) as Controller["kind"][];
  const choose = (kind: Controller["kind"]) =>
    drive.choose(kind === "proportional" ? { kind, gain: first === undefined ? 1 : usualGain(first) } : { kind });
  return (
    <>
      <Choice
        name="controller"
        label="Who controls the building"
        options={kinds.map((kind) => ({ value: kind, text: CONTROLLERS[kind].name }))}
        chosen={chosen.kind}
        onChoose={choose}
        disabled={disabled}
      />
      <p class="hint">{CONTROLLERS[chosen.kind].means}</p>
      {chosen.kind === "proportional" && first !== undefined && (
        <label class="gain">
          Gain, {first.unit === "1" || first.unit === null ? "" : first.unit} per kelvin
          <NumberInput
            min="0"
            value={chosen.gain}
            onChange={(event) => {
              const gain = event.currentTarget.valueAsNumber;
              if (gain >= 0) drive.controller.value = { kind: "proportional", gain };
            }}
          />
        </label>
      )}
      {chosen.kind === "manual" && test.points.value !== undefined && (
        <Overwrites about={about} test={test} drive={drive} />
      )}
    </>
  );
}

function Settings({ test, drive }: { test: WatchedTest; drive: Drive }) {
  const scenario = test.scenario.value;
  const about = test.about.value;
  const { testid } = test;
  const isRunning = drive.progress.value !== undefined;
  const set = (body: object) =>
    void drive.during(async () => {
      const { payload } = await api.setScenario(testid, body);
      if (payload.time_period !== null) drive.hasEnded.value = false;
    });
  if (scenario === undefined || about === undefined) return null;
  const uncertain = (field: "temperature_uncertainty" | "solar_uncertainty", label: string) => (
    <label>
      {label}
      <select
        value={scenario[field] ?? "none"}
        onChange={(event) => set({ ...uncertainties(scenario), [field]: event.currentTarget.value })}
      >
        {LEVELS.map((level) => (
          <option key={level} value={level}>
            {level}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <details>
      <summary>Step and scenario</summary>
      <fieldset class="fields" disabled={isRunning}>
        <legend class="unseen">Step and scenario</legend>
        <label>
          Step, minutes
          <NumberInput
            min="0.5"
            value={(test.step.value ?? 0) / 60}
            onChange={(event) => {
              const seconds = event.currentTarget.valueAsNumber * 60;
              if (seconds > 0) void drive.during(async () => void (await api.setStep(testid, seconds)));
            }}
          />
        </label>
        <label>
          Electricity price
          <select
            value={scenario.electricity_price}
            onChange={(event) => set({ ...uncertainties(scenario), electricity_price: event.currentTarget.value })}
          >
            {PRICES.map((price) => (
              <option key={price} value={price}>
                {price.replace("_", " ")}
              </option>
            ))}
          </select>
        </label>
        {Object.hasOwn(about.forecast_points, "TDryBul") &&
          uncertain("temperature_uncertainty", "Error of the temperature forecast")}
        {Object.hasOwn(about.forecast_points, "HGloHor") &&
          uncertain("solar_uncertainty", "Error of the solar forecast")}
        <label>
          Begin again at a period
          <select
            value=""
            onChange={(event) => {
              const time_period = event.currentTarget.value;
              if (time_period !== "") set({ ...uncertainties(scenario), time_period });
            }}
          >
            <option value="">–</option>
            {Object.keys(about.time_periods).map((name) => (
              <option key={name} value={name}>
                {name.replaceAll("_", " ")}
              </option>
            ))}
          </select>
        </label>
      </fieldset>
    </details>
  );
}

/** A change that leaves these out would unset them. */
function uncertainties({
  temperature_uncertainty,
  solar_uncertainty,
  seed,
}: NonNullable<WatchedTest["scenario"]["value"]>) {
  return { temperature_uncertainty, solar_uncertainty, seed };
}
