import { afterAll, beforeAll, expect, it } from "vitest";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import { until } from "../support/cloud.ts";
import { startToyCloud } from "./toy/cloud.ts";

let cloud: Cloud;
const lines: string[] = [];

beforeAll(async () => {
  cloud = await startToyCloud({ onLog: (_name, line) => lines.push(line) });
});
afterAll(async () => {
  await cloud.stop();
});

it("an error that a function throws is logged with its place in the sources, not in the bundle", async () => {
  expect((await fetch(`${cloud.url}/throw`)).status).toBe(500);
  const line = await until("the error in the log", () => lines.find((each) => each.includes('"trace"')));
  const { trace } = JSON.parse(line) as { trace: string[] };
  expect(trace[1]).toMatch(/test\/infra\/toy\/api\.ts:\d+:\d+/);
});
