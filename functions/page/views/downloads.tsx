import { useSignal } from "@preact/signals";
import { api } from "../client/api.ts";
import { Refused, Unreachable } from "../client/call.ts";
import type { WatchedTest } from "../state/test.ts";
import { Problem, save } from "./parts.tsx";

/** All results of a test, as files. */
export function Downloads({ test }: { test: WatchedTest }) {
  const problem = useSignal<string | undefined>(undefined);
  const name = `${test.about.value?.testcaseid ?? "test"}-${test.testid.slice(0, 8)}`;
  const read = async () => {
    const { inputs = {}, measurements = {} } = test.about.value ?? {};
    const names = [...Object.keys(measurements), ...Object.keys(inputs)];
    return await api.results(test.testid, names, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  };
  const csv = async () => {
    const { time = [], ...points } = await read();
    const columns = Object.entries({ time, ...points });
    const rows = time.map((_, row) => columns.map(([, values]) => values[row] ?? "").join(","));
    save(`${name}.csv`, "text/csv", [columns.map(([point]) => point).join(","), ...rows, ""].join("\n"));
  };
  const json = async () => {
    const all = { testid: test.testid, kpis: test.kpis.value, scenario: test.scenario.value, results: await read() };
    save(`${name}.json`, "application/json", JSON.stringify(all));
  };
  const during = async (work: () => Promise<void>) => {
    problem.value = undefined;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      problem.value = error.message;
    }
  };
  return (
    <div class="downloads">
      All results as{" "}
      <button type="button" class="link" onClick={() => void during(csv)}>
        CSV
      </button>{" "}
      or{" "}
      <button type="button" class="link" onClick={() => void during(json)}>
        JSON
      </button>
      <Problem text={problem.value} />
    </div>
  );
}
