/**
 * The same session with fetch alone, in Node.js or a browser.
 *
 *     node fetch.ts [URL]
 */
const url = process.argv[2] ?? "http://127.0.0.1:8000";

async function call(method: string, path: string, body?: object): Promise<string> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return await response.text();
}

const { testid } = JSON.parse(await call("POST", "testcases/testcase1/select"));
const lines = [
  await call("PUT", `initialize/${testid}`, { start_time: 604_800, warmup_period: 604_800 }),
  await call("PUT", `step/${testid}`, { step: 2_592_000 }),
  await call("POST", `advance/${testid}`, { oveAct_u: 1000, oveAct_activate: 1 }),
  await call("GET", `kpi/${testid}`),
  await call("PUT", `results/${testid}`, { point_names: ["TRooAir_y"], start_time: 604_800, final_time: 608_400 }),
];
process.stdout.write(`${lines.join("\n")}\n`);
await call("PUT", `stop/${testid}`);
