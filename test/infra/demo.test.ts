import { describe, expect, it } from "vitest";
import { niceTicks, renderPlot } from "../../infra/local/demo/plot.ts";
import { judge } from "../../infra/local/demo/verdict.ts";

describe("the demo's verdict", () => {
  const exact = {
    tdis_tot: 10.6328,
    idis_tot: 1016.94,
    ener_tot: 2.1474,
    cost_tot: 0.15032,
    emis_tot: 0.42948,
    pgas_tot: 0.09616,
    pele_tot: null,
    pdih_tot: null,
  };

  it("agrees with BOPTEST's figures, and with what is off by less than 0.1 %", () => {
    expect(judge(exact).agrees).toBe(true);
    expect(judge({ ...exact, ener_tot: 2.1474 * 1.0009, idis_tot: 1016.94 * 0.9991 }).agrees).toBe(true);
  });

  it.each([
    ["too high by more", { ener_tot: 2.1474 * 1.0011 }],
    ["too low by more", { tdis_tot: 10.6328 * 0.9989 }],
    ["a number where there is none", { pele_tot: 0 }],
    ["none where there is a number", { pgas_tot: null }],
  ])("does not agree with %s", (_what, change) => {
    const { agrees, table } = judge({ ...exact, ...change });
    expect(agrees).toBe(false);
    expect(table.match(/OFF$/gm)).toHaveLength(1);
  });

  it("does not agree with a KPI that is missing", () => {
    const { cost_tot: _missing, ...others } = exact;
    expect(judge(others).agrees).toBe(false);
  });
});

describe("a plot", () => {
  const plot = renderPlot({
    title: "a < b & c",
    timeAxis: "time [h]",
    time: [0, 1, 2],
    timeTicks: [0, 1, 2],
    panels: [
      {
        axis: "temperature [°C]",
        series: [{ label: "zone", color: "#f00", values: [19, 23, 21] }],
        band: { label: "comfort", color: "#0f0", from: 20, to: 22 },
      },
      { axis: "power [kW]", series: [{ label: "heater", color: "#00f", values: [0, 0, 0] }] },
    ],
  });

  it("names everything that it shows", () => {
    for (const label of [
      "time [h]",
      "temperature [°C]",
      "power [kW]",
      "zone",
      "heater",
      "comfort",
      "a &lt; b &amp; c",
    ]) {
      expect(plot).toContain(`>${label}</text>`);
    }
  });

  it("has a line for each series, from edge to edge, and the band behind it", () => {
    const lines = [...plot.matchAll(/<polyline points="([^"]+)"/g)].map(([, points]) => points?.split(" ") ?? []);
    expect(lines.map((points) => points.length)).toEqual([3, 3]);
    const [first, , last] = lines[0] ?? [];
    expect(Number(first?.split(",")[0])).toBe(74);
    expect(Number(last?.split(",")[0])).toBe(938);
    expect(plot.indexOf('fill="#0f0"')).toBeLessThan(plot.indexOf("<polyline"));
    expect(plot).not.toMatch(/NaN|Infinity|undefined/);
  });

  it.each([
    [0, 0.97, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [19.5, 23.3, [19, 20, 21, 22, 23, 24]],
    [0, 48, [0, 10, 20, 30, 40, 50]],
    [5, 5, [5, 5.2]],
    [-300, 420, [-400, -200, 0, 200, 400, 600]],
  ])("has round numbers from %d to %d on its axis", (lowest, highest, ticks) => {
    const actual = niceTicks(lowest, highest);
    expect(actual).toHaveLength(ticks.length);
    for (const [index, tick] of ticks.entries()) expect(actual[index]).toBeCloseTo(tick, 9);
  });
});
