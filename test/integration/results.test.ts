import { beforeAll, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { redisOf } from "../support/state.ts";

const cloud = useCloud();
const { call, selectTest } = clientOf(cloud);

const DAY = 86_400;
const POINTS = ["TRooAir_y", "PHeaCoo_y", "CO2RooAir_y", "oveAct_u", "oveAct_activate"];

type Columns = Record<string, number[]>;

const results = (
  testid: string,
  start: unknown,
  final: unknown,
  names = POINTS,
  headers: Record<string, string> = {},
) =>
  call<Columns>("PUT", `/results/${testid}`, {
    body: { point_names: names, start_time: start, final_time: final },
    headers,
  });

const simulated = async (days: number): Promise<string> => {
  const testid = await selectTest();
  const { status } = await call("PUT", `/initialize/${testid}`, {
    body: { start_time: days * DAY, warmup_period: days * DAY },
  });
  expect(status).toBe(200);
  return testid;
};

/** Every 30 s from `from` to `to`. */
const grid = (from: number, to: number) => Array.from({ length: (to - from) / 30 + 1 }, (_, i) => from + i * 30);

describe("an answer that is worth it", () => {
  it("is gzipped for clients that accept it, and only for them", async () => {
    const testid = await simulated(1);
    const plain = await fetch(new URL(`/results/${testid}`, cloud().url), {
      method: "PUT",
      headers: { "content-type": "application/json", "accept-encoding": "identity" },
      body: JSON.stringify({ point_names: POINTS, start_time: 0, final_time: DAY }),
    });
    expect(plain.headers.get("content-encoding")).toBeNull();
    const text = await plain.text();
    for (const accepted of ["gzip", "deflate, gzip;q=0.5", "*"]) {
      const zipped = await results(testid, 0, DAY, POINTS, { "accept-encoding": accepted });
      expect(zipped.headers.get("content-encoding")).toBe("gzip");
      expect(zipped.headers.get("vary")).toBe("accept-encoding");
      expect(Number(zipped.headers.get("content-length"))).toBeLessThan(text.length / 1.5);
      expect(zipped.text).toBe(text);
    }
    const refused = await results(testid, 0, DAY, POINTS, { "accept-encoding": "gzip;q=0" });
    expect(refused.headers.get("content-encoding")).toBeNull();
  });

  it("is not, where it is small", async () => {
    const { headers } = await call("GET", "/version", { headers: { "accept-encoding": "gzip" } });
    expect(headers.get("content-encoding")).toBeNull();
  });
});

describe("an answer above Lambda's 6 MB", () => {
  let testid: string;
  beforeAll(async () => {
    testid = await simulated(100);
  });

  it.each(["identity", "gzip"])("comes by way of the bucket, with accept-encoding %s", async (accepted) => {
    const headers = { "accept-encoding": accepted };
    const sent = await call("PUT", `/results/${testid}`, {
      body: { point_names: POINTS, start_time: "-inf", final_time: "inf" },
      headers,
      redirect: "manual",
    });
    expect(sent.status).toBe(303);
    const location = new URL(sent.headers.get("location") ?? "");
    expect(location.origin).toBe(cloud().url);
    expect(location.searchParams.get("X-Amz-Expires")).toBe("900");

    // Ordinary clients follow it without knowing.
    const { status, json, payload } = await results(testid, "-inf", "inf", POINTS, headers);
    expect(status).toBe(200);
    expect(json).toMatchObject({ status: 200 });
    expect(payload.time).toEqual(grid(0, 100 * DAY));
    for (const point of POINTS) expect(payload[point]).toHaveLength(100 * 2880 + 1);
  });

  it("reads only the time asked for otherwise", async () => {
    const { payload } = await results(testid, 10 * DAY, 10 * DAY + 60);
    expect(payload.time).toEqual([10 * DAY, 10 * DAY + 30, 10 * DAY + 60]);
  });
});

describe("results across segments and what follows them", () => {
  it("are one", async () => {
    const testid = await simulated(3);
    await call("PUT", `/step/${testid}`, { body: { step: 3600 } });
    for (let i = 0; i < 3; i++) await call("POST", `/advance/${testid}`);
    await call("PUT", `/step/${testid}`, { body: { step: 4 * DAY } });
    await call("POST", `/advance/${testid}`);
    await call("PUT", `/step/${testid}`, { body: { step: 3600 } });
    const last = await call<Record<string, number>>("POST", `/advance/${testid}`);

    const redis = redisOf(cloud());
    const segments = (await redis.command(["LLEN", keys.segments(testid)])) as number;
    const chunks = (await redis.command(["LLEN", keys.results(testid)])) as number;
    expect(segments).toBeGreaterThanOrEqual(2);
    expect(chunks).toBeGreaterThanOrEqual(1);

    const end = 7 * DAY + 4 * 3600;
    const { payload } = await results(testid, 0, end);
    expect(payload.time).toEqual(grid(0, end));
    for (const point of POINTS) {
      expect(payload[point]).toHaveLength(payload.time?.length ?? 0);
      expect(payload[point]?.at(-1)).toBe(last.payload[point]);
    }
    const across = await results(testid, 3 * DAY - 30, 3 * DAY + 30, ["TRooAir_y"]);
    expect(across.payload.time).toEqual([3 * DAY - 30, 3 * DAY, 3 * DAY + 30]);
  });

  it("are forgotten at initialize", async () => {
    const testid = await simulated(3);
    await call("PUT", `/initialize/${testid}`, { body: { start_time: 30, warmup_period: 30 } });
    expect((await results(testid, "-inf", "inf")).payload.time).toEqual([0, 30]);
  });
});

describe("the time range", () => {
  let testid: string;
  beforeAll(async () => {
    testid = await selectTest();
    await call("POST", `/advance/${testid}`);
    await call("PUT", `/step/${testid}`, { body: { step: 101 } });
    await call("POST", `/advance/${testid}`);
  });

  it("includes both its ends", async () => {
    const all = (await results(testid, 0, 161)).payload.time ?? [];
    expect(all).toHaveLength(6);
    expect(all.slice(0, 3)).toEqual([0, 30, 60]);
    expect(all[5]).toBe(161);
    expect((await results(testid, 30, 60)).payload.time).toEqual([30, 60]);
    expect((await results(testid, 30.5, 59.5)).payload.time).toEqual([]);
    expect((await results(testid, 60, 60)).payload.time).toEqual([60]);
  });

  it("may be empty, reversed, negative, a string, or infinite either way", async () => {
    const empty = { time: [], TRooAir_y: [] };
    expect((await results(testid, 100, 0, ["TRooAir_y"])).payload).toEqual(empty);
    expect((await results(testid, 1e6, 2e6, ["TRooAir_y"])).payload).toEqual(empty);
    expect((await results(testid, "inf", "inf", ["TRooAir_y"])).payload).toEqual(empty);
    expect((await results(testid, -1e9, 1e9)).payload.time).toHaveLength(6);
    expect((await results(testid, "-Infinity", " 60 ")).payload.time).toEqual([0, 30, 60]);
  });

  it("comes with each point once, in the order asked for; time may be asked for too", async () => {
    const { payload } = await results(testid, 0, 30, ["PHeaCoo_y", "TRooAir_y", "PHeaCoo_y", "time"]);
    expect(Object.keys(payload)).toEqual(["time", "PHeaCoo_y", "TRooAir_y"]);
    expect((await results(testid, 0, 30, [])).payload).toEqual({ time: [0, 30] });
  });
});
