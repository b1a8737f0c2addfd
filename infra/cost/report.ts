import { bill, containerDollars, type Item, plus, times, total, type Usage } from "./bill.ts";
import type { Counted } from "./count.ts";
import { PRICES } from "./prices.ts";

const MINUTES_A_MONTH = 30 * 24 * 60;

/** The month that is computed: so many tests, each with so many steps, open for so long. */
export const MONTH = { testsADay: 100, steps: 336, openHours: 24 } as const;

const money = (dollars: number) => (dollars < 0.005 ? `$${dollars.toFixed(5)}` : `$${dollars.toFixed(2)}`);
const amount = (value: number) => (value < 100 ? value.toFixed(2) : Math.round(value).toLocaleString("en-US"));

/** Both tables, as Markdown. */
export function report(counted: Counted): string {
  return `${thousandAdvances(counted)}\n${month(counted)}`;
}

function thousandAdvances({ inlineAdvance, queuedAdvance }: Counted): string {
  const [inline, queued] = [bill(times(inlineAdvance, 1000)), bill(times(queuedAdvance, 1000))];
  const rows = inline.map((item, i) => [item.what, ...cells(item), ...cells(queued[i] ?? item)]);
  const hours = 1;
  return `1,000 advances, carried out by the api itself or by a worker:

| | short steps: amount | cost | through the queue: amount | cost |
| --- | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}
| **together** | | **${money(total(inline))}** | | **${money(total(queued))}** |
| one container that is kept for the test, per hour that it is open | | | | ${money(containerDollars(hours))} |
`;
}

const cells = ({ amount: used, dollars }: Item) => [amount(used), money(dollars)];

function month(counted: Counted): string {
  const tests = 30 * MONTH.testsADay;
  const perTest: Usage = [
    counted.select,
    times(counted.inlineAdvance, MONTH.steps),
    counted.queries,
    counted.stop,
  ].reduce(plus);
  const items = bill(plus(times(perTest, tests), times(counted.sweep, MINUTES_A_MONTH)));
  const fixed = [
    { what: "Pollers of the queue", amount: 1, dollars: PRICES.idlePollersMonth },
    { what: "The secret", amount: 1, dollars: PRICES.secretMonth },
  ];
  const all = [...items, ...fixed];
  const containers = containerDollars(tests * MONTH.openHours);
  return `A month of ${MONTH.testsADay} tests a day, each of ${MONTH.steps} steps and open for ${MONTH.openHours} h, with the sweeper each minute:

| | amount | cost |
| --- | ---: | ---: |
${all.map((item) => `| ${[item.what, ...cells(item)].join(" | ")} |`).join("\n")}
| **together** | | **${money(total(all))}** |
| one always-on container per test instead (${amount(tests * MONTH.openHours)} h) | | ${money(containers)} |
`;
}
