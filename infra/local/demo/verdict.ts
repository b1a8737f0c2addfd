interface Expectation {
  name: string;
  unit: string;
  /** The result of BOPTEST's own testcase1 in this experiment; null if the test case has no such power. */
  value: number | null;
}

const EXPECTED: readonly Expectation[] = [
  { name: "tdis_tot", unit: "K h/zone", value: 10.6328 },
  { name: "idis_tot", unit: "ppm h/zone", value: 1016.94 },
  { name: "ener_tot", unit: "kWh/m²", value: 2.1474 },
  { name: "cost_tot", unit: "$/m²", value: 0.15032 },
  { name: "emis_tot", unit: "kgCO₂/m²", value: 0.42948 },
  { name: "pgas_tot", unit: "kW/m²", value: 0.09616 },
  { name: "pele_tot", unit: "kW/m²", value: null },
  { name: "pdih_tot", unit: "kW/m²", value: null },
];

export const TOLERANCE = 0.001;

export interface Verdict {
  table: string;
  agrees: boolean;
}

/** Compares the KPIs with the expected ones. */
export function judge(kpis: Record<string, number | null>): Verdict {
  const rows = EXPECTED.map(({ name, unit, value }) => {
    const actual = kpis[name];
    const agrees = agree(actual, value);
    return { agrees, cells: [name, unit, show(actual), show(value), difference(actual, value), agrees ? "ok" : "OFF"] };
  });
  const head = ["KPI", "unit", "here", "BOPTEST", "difference", ""];
  const lines = [head, ...rows.map(({ cells }) => cells)].map(([name = "", unit = "", ...numbers]) =>
    `  ${name.padEnd(10)}${unit.padEnd(12)}${numbers.map((cell) => cell.padStart(12)).join("")}`.trimEnd(),
  );
  return { table: lines.join("\n"), agrees: rows.every((row) => row.agrees) };
}

function agree(actual: number | null | undefined, expected: number | null): boolean {
  if (expected === null || actual === null || actual === undefined) return actual === expected;
  return Math.abs(actual - expected) <= TOLERANCE * Math.abs(expected);
}

function show(value: number | null | undefined): string {
  if (value === undefined) return "missing";
  return value === null ? "none" : String(Number(value.toPrecision(6)));
}

function difference(actual: number | null | undefined, expected: number | null): string {
  if (typeof actual !== "number" || expected === null) return "";
  return `${((100 * (actual - expected)) / expected).toFixed(4)} %`;
}
