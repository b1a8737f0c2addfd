import { bill, containerDollars, type Item, plus, times, total, type Usage } from "./bill.ts";
import type { Counted } from "./count.ts";
import { PRICES } from "./prices.ts";

const MINUTES_A_MONTH = 30 * 24 * 60;

/** The month of the second table: tests per day, steps of each test, hours that it is open. */
export const MONTH = { testsADay: 100, steps: 336, openHours: 24 } as const;

const money = (dollars: number) => (dollars < 0.005 ? `$${dollars.toFixed(5)}` : `$${dollars.toFixed(2)}`);
const amount = (value: number) => (value < 100 ? value.toFixed(2) : Math.round(value).toLocaleString("en-US"));

/** Both tables, as Markdown. */
export function report(counted: Counted): string {
  return `${thousandAdvances(counted)}\n${month(counted)}`;
}

function thousandAdvances({ inlineAdvance, queuedAdvance, modelAdvance }: Counted): string {
  const ways: [string, Usage][] = [
    ["short steps", inlineAdvance],
    ["through the queue", queuedAdvance],
    ...(modelAdvance ? ([["a compiled model", modelAdvance]] as [string, Usage][]) : []),
  ];
  const bills = ways.map(([, usage]) => bill(times(usage, 1000)));
  const rows = bill(inlineAdvance).map(({ what }, i) => [
    what,
    ...bills.flatMap((each) => each.slice(i, i + 1).flatMap(cells)),
  ]);
  const line = (of: readonly string[]) => `| ${of.join(" | ")} |`;
  const hours = 1;
  return `1,000 advances, carried out by the api itself, by a worker, or by the api with a compiled model (a small FMU):

${line(["", ...ways.flatMap(([name]) => [`${name}: amount`, "cost"])])}
${line(["---", ...ways.flatMap(() => ["---:", "---:"])])}
${rows.map(line).join("\n")}
${line(["**together**", ...bills.flatMap((each) => ["", `**${money(total(each))}**`])])}

Over the WebSocket each is two messages in place of an HTTP request: ${money(1000 * (2 * PRICES.socketMessage - PRICES.httpRequest))} more, and ${money(60 * PRICES.socketMinute)} for each hour of a connection.

One container that is kept for the test costs ${money(containerDollars(hours))} per hour that it is open.
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
