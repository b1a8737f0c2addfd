import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import createScript from "../../functions/lifecycle/create-and-stop/create.lua";
import { readRecord } from "../../functions/packages/records.ts";
import { keys } from "../../functions/platform/keys.ts";
import { objectKeys } from "../../functions/platform/objects.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import { fmuEntries } from "../fmus/build.ts";
import { type ZipEntry, zip } from "../fmus/zip.ts";
import { clientOf } from "../support/client.ts";
import { until, untilQuiet, useCloud } from "../support/cloud.ts";
import { costOf } from "../support/cost.ts";
import { ALICE, as, callsDuring, ROOT } from "../support/fmu.ts";
import { nextSecond } from "../support/next-second.ts";
import { bucketOf, redisOf } from "../support/state.ts";

const cloud = useCloud({ workers: 2, accounts: [ROOT, ALICE] });
const client = clientOf(cloud);
const { call } = client;
const redis = () => redisOf(cloud());

/**
 * The two-zone building with other settings; null leaves a file out. Each change makes another FMU. Its model does not claim to
 * save its state, so that there is nothing to verify.
 */
async function fmuWith(changes: Readonly<Record<string, string | Uint8Array | null>> = {}): Promise<Uint8Array> {
  const model = Object.keys(changes).length === 0 ? "cs" : "cs-replay";
  const kept = (await fmuEntries(model)).filter(({ path }) => !Object.hasOwn(changes, path));
  const put = Object.entries(changes).flatMap(([path, content]): ZipEntry[] =>
    content === null ? [] : [{ path, content }],
  );
  return zip([...kept, ...put]);
}

const config = (step: number) => JSON.stringify({ name: "building", area: 120, start_time: 0, warmup_period: 0, step });

/** Asks for a form and posts a file with it, as a client does. */
async function post(path: string, content: Uint8Array | string, file = "", who = ROOT): Promise<void> {
  const query = file === "" ? "" : `?file=${file}`;
  const { status, json, text } = await call("GET", `${path}/post-form${query}`, { headers: as(who) });
  if (status !== 200) throw new Error(`${status} ${text}`);
  const { url, fields } = json as { url: string; fields: Record<string, string> };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob([typeof content === "string" ? content : Uint8Array.from(content)]), "model.fmu");
  expect((await fetch(url, { method: "POST", body: form })).status).toBe(204);
}

const select = (path: string, who?: typeof ROOT) =>
  call("POST", `${path}/select`, who === undefined ? {} : { headers: as(who) });
const reasonsOf = (json: unknown) => (json as { reasons?: string[] }).reasons;

async function selected(path: string, who?: typeof ROOT): Promise<string> {
  const { status, json, text } = await select(path, who);
  if (status !== 200) throw new Error(`${status} ${text}`);
  return (json as { testid: string }).testid;
}

const fieldOf = (testid: string, name: string) => redis().command(["HGET", keys.test(testid), name]);
const stepOf = async (testid: string) => (await call("GET", `/step/${testid}`)).payload;

describe("files beside an FMU", () => {
  it("give an older one what it lacks, and replace what it has", async () => {
    await post("/testcases/older", await fmuWith({ "resources/config.json": null, "resources/days.json": null }));
    const refused = await select("/testcases/older");
    expect(refused.status).toBe(400);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(reasonsOf(refused.json)).toEqual([
      expect.stringMatching(/config\.json is missing.*\?file=config\.json/),
      expect.stringMatching(/days\.json is missing.*\?file=days\.json/),
    ]);
    const listed = async () => (await call<{ testcaseid: string }[]>("GET", "/testcases")).json;
    const status = async () =>
      ((await listed()) as { testcaseid: string }[]).find(({ testcaseid }) => testcaseid === "older");
    expect(await status()).toEqual({ testcaseid: "older", status: "refused", reasons: reasonsOf(refused.json) });
    cloud().objectEvents?.hold();
    await post("/testcases/older", config(450), "config.json");
    expect(await status()).toEqual({ testcaseid: "older", status: "checking" });
    cloud().objectEvents?.release();
    await post("/testcases/older", '{"a_day": 20}', "days.json");
    const testid = await selected("/testcases/older");
    expect(await stepOf(testid)).toBe(450);
    expect(await status()).toEqual({ testcaseid: "older", status: "ready" });
    const scenario = await call("PUT", `/scenario/${testid}`, { body: { time_period: "other" } });
    expect(scenario.message).toContain('"a_day"');
    await post("/testcases/older", config(900), "config.json");
    expect(await stepOf(await selected("/testcases/older"))).toBe(900);
    expect(await stepOf(testid)).toBe(450);
  });

  it("may be CSV files, each by itself, and are taken away each by itself", async () => {
    const dryBulb = async () => {
      const testid = await selected("/testcases/weathered");
      const body = { point_names: ["TDryBul"], horizon: 0, interval: 3600 };
      return (await call<{ TDryBul: number[] }>("PUT", `/forecast/${testid}`, { body })).payload.TDryBul[0];
    };
    await post("/testcases/weathered", await fmuWith());
    const own = await dryBulb();
    const csv = String((await fmuEntries("cs")).find(({ path }) => path === "resources/weather.csv")?.content);
    const warm = csv.replaceAll(/^(\d+),[^,\n]+/gm, "$1,333");
    await nextSecond();
    const calls = await callsDuring(cloud(), async () => {
      await post("/testcases/weathered", warm, "weather.csv");
      expect(await dryBulb()).toBe(333);
    });
    // The model is the same, and its verdict is kept.
    expect(calls).not.toContain("verify");
    expect(calls).toContain("initialize");
    await nextSecond();
    const path = "/testcases/weathered?file=weather.csv";
    const removed = await call("DELETE", path, { headers: as(ROOT) });
    expect([removed.status, removed.json]).toEqual([200, { testcaseid: "weathered", file: "weather.csv" }]);
    expect(await dryBulb()).toBe(own);
    expect((await call("DELETE", path, { headers: as(ROOT) })).status).toBe(404);
    expect((await call("DELETE", path)).status).toBe(401);
    // A name that is none must not delete everything.
    for (const file of ["", "fmu", "../x.csv"]) {
      const query = new URLSearchParams({ file });
      expect((await call("DELETE", `/testcases/weathered?${query}`, { headers: as(ROOT) })).status).toBe(400);
    }
    expect(await dryBulb()).toBe(own);
  });

  it("are of a few names, and small", async () => {
    const { status, json } = await call("GET", "/testcases/older/post-form?file=weather.mos", { headers: as(ROOT) });
    expect(status).toBe(400);
    expect(json).toMatchObject({ detail: expect.stringContaining("config.json, days.json, kpis.json, and CSV files") });
    const form = await call("GET", "/testcases/older/post-form?file=kpis.json", { headers: as(ROOT) });
    const { fields } = form.json as { fields: Record<string, string> };
    const policy = JSON.parse(Buffer.from(fields.Policy ?? "", "base64").toString()) as { conditions: unknown[] };
    expect(policy.conditions).toContainEqual(["content-length-range", 1, 1_048_576]);
    expect(fields.key).toMatch(/^uploads\/shared\/older\/[0-9a-f-]{36}\/kpis\.json$/);
  });
});

describe("an uploaded test case", () => {
  it("hides a built-in, which comes back when it is deleted, while its tests go on", async () => {
    await post("/testcases/testcase3", await fmuWith());
    const testid = await selected("/testcases/testcase3");
    const inputs = (await call<object>("GET", `/inputs/${testid}`)).payload;
    expect(Object.keys(inputs)).toContain("oveHeaSou_u");
    const version = await fieldOf(testid, "version");
    expect((await call("DELETE", "/testcases/testcase3", { headers: as(ROOT) })).status).toBe(200);
    const name = { scope: { kind: "shared" }, testcaseid: "testcase3" } as const;
    expect(await readRecord(redis(), name)).toMatchObject({ state: "refused" });
    const builtIn = await selected("/testcases/testcase3");
    expect(await fieldOf(builtIn, "version")).toBe("2");
    expect((await call("POST", `/advance/${testid}`)).status).toBe(200);
    expect(await bucketOf(cloud()).head(objectKeys.packageManifest(String(version)))).toBeDefined();
  });

  it("that is gone is what it was to a select that is sent again", async () => {
    await post("/testcases/again", await fmuWith());
    const headers = { ...as(ROOT), "idempotency-key": "again-1" };
    const again = () => call("POST", "/testcases/again/select", { headers });
    const first = await again();
    expect(first.status).toBe(200);
    await call("DELETE", "/testcases/again", { headers: as(ROOT) });
    expect((await select("/testcases/again")).status).toBe(404);
    expect((await again()).json).toEqual(first.json);
    expect((await call("POST", "/testcases/nosuch/select", { headers })).status).toBe(404);
  });

  it("is its uploader's: the same file is run for each by itself", async () => {
    const fmu = await fmuWith({ "resources/config.json": config(700) });
    await post("/testcases/same", fmu);
    await post("/testcases/lab/same", fmu);
    await post("/users/alice/testcases/same", fmu, "", ALICE);
    const tests = [
      await selected("/testcases/same"),
      await selected("/testcases/lab/same"),
      await selected("/users/alice/testcases/same", ALICE),
    ];
    expect(await Promise.all(tests.map((testid) => fieldOf(testid, "owner")))).toEqual([
      "shared",
      "ns-lab",
      "user-alice",
    ]);
    expect(new Set(await Promise.all(tests.map((testid) => fieldOf(testid, "version")))).size).toBe(1);
    expect((await select("/users/alice/testcases/same", ROOT)).status).toBe(401);
  });

  it("may be larger than what goes in one piece", async () => {
    const fmu = await fmuWith({ "resources/large.bin": randomBytes(20 * 1024 ** 2) });
    await post("/testcases/large", fmu);
    const version = String(await fieldOf(await selected("/testcases/large"), "version"));
    const model = await bucketOf(cloud()).head(objectKeys.packageModel(version));
    expect(model?.bytes).toBe(fmu.length);
  });

  it("that is known costs a select 5 commands and a listing more than a built-in does", async () => {
    await post("/testcases/cost", await fmuWith());
    await selected("/testcases/cost");
    const selectAsync = (id: string) => call("POST", `/testcases/${id}/select-async`);
    await selectAsync("testcase1");
    await selectAsync("cost");
    // What workers do is not asked for.
    await untilQuiet(cloud());
    cloud().doorbells.hold();
    try {
      const builtIn = await costOf(cloud(), () => selectAsync("testcase1"));
      const uploaded = await costOf(cloud(), () => selectAsync("cost"));
      expect(uploaded.roundTrips - builtIn.roundTrips).toBe(2);
      expect(uploaded.commands - builtIn.commands).toBe(5);
      expect([builtIn.objects, uploaded.objects]).toEqual([0, 1]);
    } finally {
      cloud().doorbells.release();
    }
  });
});

describe("an upload that is not checked yet", () => {
  const name = (testcaseid: string) => ({ scope: { kind: "shared" }, testcaseid }) as const;
  afterEach(() => {
    cloud().objectEvents?.release();
    cloud().redisRest.intercept = undefined;
    cloud().storage.faults.before = undefined;
  });

  it("is waited for, and answered with every reason where it is refused", async () => {
    cloud().objectEvents?.hold();
    await post("/testcases/slow", "not really an FMU");
    const headers = { prefer: "respond-async" };
    const accepted = await call("POST", "/testcases/slow/select", { headers });
    expect(accepted.status).toBe(202);
    cloud().objectEvents?.release();
    const answer = await call("GET", `${accepted.headers.get("location")}?wait=20`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(reasonsOf(answer.json)).toEqual([expect.stringMatching(/^The file is no FMU/)]);
  });

  it("and is deleted before it is, lets nobody wait on", async () => {
    cloud().objectEvents?.hold();
    await post("/testcases/brief", await fmuWith());
    const begun = Promise.withResolvers<void>();
    cloud().redisRest.intercept = async ({ scripts, forward }) => {
      const reply = await forward();
      if (scripts.includes(createScript)) begun.resolve();
      return reply;
    };
    const waiting = select("/testcases/brief");
    await begun.promise;
    expect((await call("DELETE", "/testcases/brief", { headers: as(ROOT) })).status).toBe(200);
    const { status, json } = await waiting;
    expect(status).toBe(400);
    expect(reasonsOf(json)).toEqual(["It was deleted meanwhile."]);
    expect((await select("/testcases/brief")).status).toBe(404);
  });

  it("and is replaced before it is, is not run: the newer one is", async () => {
    cloud().objectEvents?.hold();
    await post("/testcases/twice", await fmuWith({ "resources/config.json": config(100) }));
    const waiting = select("/testcases/twice");
    await nextSecond();
    await post("/testcases/twice", await fmuWith({ "resources/config.json": config(200) }));
    cloud().objectEvents?.release();
    const { status, json } = await waiting;
    expect(status).toBe(200);
    expect(await stepOf((json as { testid: string }).testid)).toBe(200);
    // And that stays so, however often and late events come.
    const record = await readRecord(redis(), name("twice"));
    const detail = { object: { key: record?.upload.key ?? "", size: 1 } };
    expect(await cloud().invoke("intake", { id: randomUUID(), detail })).toEqual({ outcome: "known" });
    expect(await readRecord(redis(), name("twice"))).toEqual(record);
    // What was replaced is not kept, once the check that has recorded this has come to its end.
    const kept = await until("one upload is left", async () => {
      const { objects } = await bucketOf(cloud()).list(`${objectKeys.uploads("shared")}twice/`);
      return objects.length === 1 ? objects : undefined;
    });
    expect(kept.map(({ key }) => key)).toEqual([record?.upload.key]);
  });

  it("is checked all the same when its checker is killed", async () => {
    const checkers = () =>
      cloud()
        .host.busy("intake")
        .filter(({ running }) => JSON.stringify(running).includes("/killed/"));
    const killed = Promise.withResolvers<number>();
    cloud().storage.faults.before = async ({ operation, key }) => {
      if (operation !== "GetObject" || !key?.includes("/killed/")) return undefined;
      cloud().storage.faults.before = undefined;
      const found = checkers();
      await Promise.all(found.map(({ pid }) => cloud().host.kill(pid)));
      killed.resolve(found.length);
      return CUT;
    };
    await post("/testcases/killed", await fmuWith());
    expect(await killed.promise).toBe(1);
    await selected("/testcases/killed");
    expect(await readRecord(redis(), name("killed"))).toMatchObject({ state: "published" });
  });
});

it("a file that is no upload is nobody's test case", async () => {
  expect(await cloud().invoke("intake", { detail: { object: { key: "uploads/elsewhere/x", size: 1 } } })).toBeFalsy();
});
