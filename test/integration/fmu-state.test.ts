import { beforeAll, describe, expect, it } from "vitest";
import { buildFmu, type FmuName } from "../fmus/build.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { killEmulators, ROOT, uploadFmu } from "../support/fmu.ts";

const [HOUR, DAY] = [3600, 86_400];

type Values = Record<string, number>;

const logged: string[] = [];
const cloud = useCloud({
  workers: 2,
  accounts: [ROOT],
  // Being put to a state may take a third of MODEL_MS. Models are verified in full.
  environment: { MODEL_MS: "9000", VERIFY_HOURS: "72", METRICS_NAMESPACE: "test" },
  onLog: (name, line) => {
    if (name === "worker") logged.push(line);
  },
});
const client = clientOf(cloud);
const { call } = client;

async function must(method: string, path: string, body?: unknown): Promise<Values> {
  const { status, payload, text } = await call<Values>(method, path, body === undefined ? {} : { body });
  if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`);
  return payload;
}

/**
 * Steps of six hours, or of `step` seconds, under inputs that change.
 * @returns the points after each step, and every sample of the fan's power in the first 18 hours. A memory that was lost shows
 * there: by the end of a step it has come back to what it was.
 */
async function run(
  testid: string,
  steps: number,
  beforeEach?: () => Promise<void>,
  step = 6 * HOUR,
): Promise<Values[]> {
  await must("PUT", `/initialize/${testid}`, { start_time: 20 * DAY, warmup_period: DAY });
  await must("PUT", `/step/${testid}`, { step });
  const points: Values[] = [];
  for (let i = 0; i < steps; i++) {
    await beforeEach?.();
    const body = i % 3 === 1 ? { oveTSetSou_u: 295.15, oveTSetSou_activate: 1 } : { oveTSetSou_activate: 0 };
    points.push(await must("POST", `/advance/${testid}`, body));
  }
  const body = { point_names: ["PFan_y"], start_time: 20 * DAY, final_time: 20 * DAY + 18 * HOUR };
  return [...points, await must("PUT", `/results/${testid}`, body)];
}

async function select(name: FmuName): Promise<{ testid: string; remark?: string }> {
  const { status, json, text } = await call<unknown>("POST", `/testcases/${name}/select`);
  if (status !== 200) throw new Error(text);
  return json as { testid: string; remark?: string };
}

describe.each([
  ["forgets", "an image of its model's memory", "PFan_y is"],
  ["keeps-file", "Its model cannot save its state", "it opens files, or closes them, while it computes"],
  ["stalls", "an image of its model's memory", "was being put to its state for more than 3000 ms"],
] as const)("a model whose saved state is not its state: %s", (name, how, why) => {
  beforeAll(async () => {
    await buildFmu(name);
    await uploadFmu(client, name, `/testcases/${name}`);
  });

  it("is kept in another way: the answer to select and GET /name say so, and why", async () => {
    const { testid, remark } = await select(name);
    expect(remark).toContain(how);
    expect(remark).toContain(why);
    const { message } = await call("GET", `/name/${testid}`);
    expect(message).toBe(`The name of the test case. ${remark}`);
  });

  it("comes out the same whether its processes live or are killed, and whatever other tests do", async () => {
    const [{ testid: calm }, { testid: disturbed }] = [await select(name), await select(name)];
    const expected = await run(calm, 3);
    const { testid: other } = await select(name);
    expect(
      await run(disturbed, 3, async () => {
        await must("POST", `/advance/${other}`, {});
        await killEmulators(cloud());
      }),
    ).toEqual(expected);
  });
});

describe("a model whose state is good when it is uploaded, and not later", () => {
  it("that crashes when it is restored goes on by replay, and nobody notices", async () => {
    await uploadFmu(client, "crashes-later", "/testcases/crashes-later");
    const { testid: calm, remark } = await select("crashes-later");
    expect(remark).toBeUndefined();
    // It crashes after eight days.
    const [step, steps] = [2 * DAY, 6];
    const expected = await run(calm, steps, undefined, step);
    const { testid: disturbed } = await select("crashes-later");
    let done = 0;
    const killLater = async () => {
      if (done++ >= 4) await killEmulators(cloud());
    };
    const found = await run(disturbed, steps, killLater, step);
    expect(found).toEqual(expected);
    expect(logged.filter((line) => line.includes('"moved_to_replay"'))).toHaveLength(1);
    expect(logged.some((line) => line.includes('"StateFallbacks":1'))).toBe(true);
  });
});
