import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import {
  BadInput,
  BoptestError,
  Conflict,
  NotAllowed,
  NotFound,
  Service,
  TooMuch,
  Unavailable,
  UnknownTest,
  Unreachable,
} from "../../clients/typescript/src/index.ts";
import { ROOT } from "../../infra/bundle.ts";
import { useCloud } from "../support/cloud.ts";
import { useUnreliableProxy } from "../support/unreliable-proxy.ts";

// No call is answered before it was sent on a few times.
const cloud = useCloud({ environment: { WAIT_MS: "30", INLINE_MS: "0" } });
const proxy = useUnreliableProxy(() => cloud().url);
const service = () => new Service(cloud().url);

/** What a promise was refused with. */
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("the TypeScript client", () => {
  it("selects many tests at once, and sends them messages in one call", async () => {
    const tests = await service().testcase("testcase1").selectMany(2);
    expect(new Set(tests.map(({ id }) => id)).size).toBe(2);
    const messages = tests.map(({ id }) => ({ testid: id, method: "advance", params: {}, with: ["kpi"] }));
    const answers = await service().batch([...messages, { testid: tests[0]?.id ?? "", method: "explode" }]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400]);
    expect(answers[1]).toMatchObject({ payload: { time: 60 }, with: { kpi: {} } });
    await Promise.all(tests.map((test) => test.stop()));
  });

  it("goes through a session, and waits for as long as calls take", async () => {
    const test = await service().select("testcase1");
    expect(await test.status()).toBe("Running");
    expect(await test.name()).toBe("testcase1");
    expect(Object.keys(await test.inputs())).toEqual(["oveAct_u", "oveAct_activate"]);
    expect((await test.measurements()).TRooAir_y?.Unit).toBe("K");
    expect((await test.about()).area).toBe(10);
    expect((await test.initialize(604_800, 604_800)).time).toBe(604_800);
    expect(await test.setStep(900)).toEqual({ step: 900 });
    expect(await test.step()).toBe(900);
    expect(await test.advance({ oveAct_u: 1000, oveAct_activate: 1 })).toMatchObject({ time: 605_700, oveAct_u: 1000 });
    expect((await test.advanceMany([{}, {}])).map(({ time }) => time)).toEqual([606_600, 607_500]);
    const [outcome] = await test.rollout([[{}, { oveAct_u: 0 }]], { points: ["TRooAir_y"] });
    expect(outcome?.values.map(({ time }) => time)).toEqual([608_400, 609_300]);
    expect(await test.checkpoint("here")).toMatchObject({ name: "here", time: 607_500 });
    await test.advance();
    expect((await test.restore("here")).time).toBe(607_500);
    expect((await test.checkpoints()).map(({ name }) => name)).toEqual(["here"]);
    const [twin] = await test.fork(1, "here");
    expect(await twin?.kpis()).toMatchObject({ cost_tot: (await test.kpis()).cost_tot });
    await twin?.stop();
    await test.deleteCheckpoint("here");
    expect(await test.runStatus()).toBeNull();
    expect(await test.run({ speed: 0.001, until: 609_300 })).toMatchObject({ status: "running", until: 609_300 });
    expect((await test.setInputs({ oveAct_u: 700 })).oveAct_u).toBe(700);
    expect(await test.pause()).toMatchObject({ status: "paused", steps: 0 });
    expect(Object.keys(await test.forecastPoints())).toContain("TDryBul");
    expect((await test.forecast(["TDryBul"], 3600, 1800)).time).toEqual([607_500, 609_300, 611_100]);
    expect(await test.setScenario({ electricity_price: "dynamic" })).toMatchObject({ electricity_price: "dynamic" });
    expect((await test.scenario()).electricity_price).toBe("dynamic");
    expect((await test.results(["TRooAir_y"], 604_800, 605_700)).time).toHaveLength(31);
    expect((await test.points()).time).toBe(607_500);
    await test.stop();
  });

  it("tells of the service", async () => {
    expect(await service().version()).toMatchObject({ version: "1.0.0-dev", service: expect.any(String) });
    expect((await service().health()).status).toBe("ok");
    expect(await service().description()).toContain("openapi: 3.1.0");
    expect(await service().testcases()).toContainEqual({ testcaseid: "testcase1" });
  });

  it("throws what the service says, by classes", async () => {
    const test = await service().select("testcase1");
    const bad = await refusal(test.advance({ nope_u: 1 }));
    expect(bad).toBeInstanceOf(BadInput);
    expect(bad).toMatchObject({ status: 400, name: "BadInput", message: expect.stringContaining("nope_u") });
    await test.checkpoint("twice");
    expect(await refusal(test.checkpoint("twice"))).toBeInstanceOf(Conflict);
    expect(await refusal(test.restore("never"))).toBeInstanceOf(NotFound);
    await test.stop();
    expect(await refusal(test.points())).toBeInstanceOf(UnknownTest);
    expect(await refusal(service().select("nope"))).toBeInstanceOf(NotFound);
    expect(await refusal(service().userTests("john"))).toBeInstanceOf(NotAllowed);
    const away = await refusal(new Service("http://127.0.0.1:9", { retries: 1 }).version());
    expect(away).toBeInstanceOf(Unreachable);
    expect(away).toBeInstanceOf(BoptestError);
  });

  it("loses no step and doubles none where answers are lost", async () => {
    const test = await new Service(proxy().url).select("testcase1");
    await test.initialize(0, 0);
    await test.setStep(60);
    proxy().mishap = (request, count) => {
      if (request === "POST /advance" && count % 2 === 0) return "lose the answer";
      if (request === "POST /advance" && count % 7 === 3) return { status: 503 };
      // It was sent on: the wait itself may be cut short.
      return request === "GET /requests" && count % 5 === 1 ? "lose the answer" : undefined;
    };
    for (let step = 1; step <= 8; step++) expect((await test.advance())?.time).toBe(step * 60);
    expect(proxy().requests.filter((request) => request.startsWith("POST /advance")).length).toBeGreaterThan(12);
    proxy().mishap = () => undefined;
    await test.stop();
  });

  it("comes back when it is told to, and gives up at last", async () => {
    proxy().mishap = (_request, count) =>
      count % 3 === 2 ? undefined : { status: 429, headers: { "retry-after": "0" } };
    const patient = new Service(proxy().url, { retries: 3 });
    expect(await patient.testcases()).toContainEqual({ testcaseid: "testcase1" });
    proxy().mishap = () => ({ status: 429 });
    expect(await refusal(new Service(proxy().url, { retries: 1 }).testcases())).toBeInstanceOf(TooMuch);
    proxy().mishap = () => ({ status: 503 });
    const away = await refusal(new Service(proxy().url, { retries: 1 }).testcases());
    expect(away).toBeInstanceOf(Unavailable);
    expect(away).toMatchObject({ message: "Of the proxy", status: 503 });
    proxy().mishap = () => undefined;
  });

  it("sends no command again to a service that knows no Idempotency-Key", async () => {
    const before = proxy().requests.length;
    const test = new Service(proxy().url).test("00000000-0000-4000-8000-000000000000");
    proxy().mishap = (request) => (request === "GET /version" ? { status: 200 } : "lose the answer");
    expect(await refusal(test.advance())).toBeInstanceOf(Unreachable);
    expect(
      proxy()
        .requests.slice(before)
        .map((request) => request.split("/")[1]),
    ).toEqual(["advance", "version"]);
    proxy().mishap = () => undefined;
  });

  it("ends a call that is given up by its signal", async () => {
    const given = new AbortController();
    const test = await new Service(cloud().url, { signal: given.signal }).select("testcase1");
    const call = refusal(test.initialize(31_536_000, 31_536_000));
    given.abort(new Error("enough"));
    expect(await call).toMatchObject({ message: "enough" });
    await service().test(test.id).stop();
  });
});

describe("the package of the TypeScript client", () => {
  const folder = mkdtempSync(join(tmpdir(), "boptest-client-"));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("can be installed elsewhere, has types, and needs neither Node.js' own modules nor other packages", async () => {
    const run = promisify(execFile);
    const npm = (args: string[], cwd: string) => run("npm", args, { cwd });
    await npm(["pack", "-w", "boptest-client", "--pack-destination", folder], ROOT);
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    await npm(["install", "--offline", "--no-audit", "--no-fund", join(folder, "boptest-client-0.1.0.tgz")], folder);
    writeFileSync(
      join(folder, "session.ts"),
      `import { Service, type Kpis } from "boptest-client";
      const test = await new Service("${cloud().url}").select("testcase1");
      const kpis: Kpis = await test.kpis();
      // @ts-expect-error a misspelled price is refused by the types
      const wrong = () => test.setScenario({ electricity_price: "cheap" });
      await test.stop();
      console.log(kpis.cost_tot, typeof wrong);`,
    );
    const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    const strict = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2024", "--lib", "es2024,dom"];
    await run(process.execPath, [tsc, ...strict, "--types", "", "session.ts"], { cwd: folder });
    const { stdout } = await run(process.execPath, ["session.ts"], { cwd: folder });
    expect(stdout).toMatch(/^[\d.]+ function\n$/);
  });
});
