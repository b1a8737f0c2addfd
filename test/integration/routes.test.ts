import { beforeAll, describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { ALICE, as } from "../support/fmu.ts";

const cloud = useCloud({ accounts: [ALICE] });
const { call, selectTest } = clientOf(cloud);

let testid: string;
beforeAll(async () => {
  testid = await selectTest();
});

describe("a wrong method", () => {
  it.each([
    ["GET", "advance", "POST"],
    ["POST", "results", "PUT"],
    ["PUT", "kpi", "GET, HEAD"],
    ["DELETE", "scenario", "GET, HEAD, PUT"],
    ["PATCH", "stop", "PUT"],
    ["POST", "initialize", "PUT"],
  ])("%s /%s/{testid} is 405, and told which there are: %s", async (method, name, allowed) => {
    const { status, headers, json } = await call(method, `/${name}/${testid}`);
    expect([status, headers.get("allow")]).toEqual([405, allowed]);
    expect(json).toMatchObject({
      status: 405,
      message: expect.stringContaining(`Allowed: ${allowed}.`),
      payload: null,
    });
  });

  it("of what is no test's is 405 as well, as a problem", async () => {
    const { status, headers, json } = await call("POST", "/version");
    expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect(json).toMatchObject({ status: 405, detail: expect.stringContaining("GET, HEAD") });
  });
});

describe("an unknown route", () => {
  const routesOf = (json: unknown) => (json as { routes: string[] }).routes;

  it("is 404, with the routes that begin like it", async () => {
    const { status, json } = await call("GET", `/kpi/${testid}/ener_tot`);
    expect([status, routesOf(json)]).toEqual([404, ["GET /kpi/{testid}"]]);
  });

  it.each(["/", "/nonsense", "/nonsense/a/b/c"])(
    "is 404, with all routes there are where none does: %s",
    async (path) => {
      const { status, headers, json } = await call("GET", path);
      expect([status, headers.get("content-type")]).toEqual([404, "application/problem+json"]);
      expect(routesOf(json)).toEqual(expect.arrayContaining(["GET /testcases", "POST /advance/{testid}"]));
    },
  );

  it("of an account's is named to its key only", async () => {
    expect((await call("GET", "/users/alice/nonsense")).status).toBe(401);
    const { status, json } = await call("GET", "/users/alice/nonsense", { headers: as(ALICE) });
    expect(status).toBe(404);
    expect(routesOf(json)).toContain("GET /users/{user}/tests");
  });
});

describe("a client of BOPTEST before 0.7, which knows no test ids", () => {
  it.each([
    ["POST", "/advance", "POST /advance/{testid}"],
    ["PUT", "/initialize", "PUT /initialize/{testid}"],
    ["GET", "/measurements", "GET /measurements/{testid}"],
    ["GET", "/kpi/", "GET /kpi/{testid}"],
    ["PUT", "/scenario", "GET /scenario/{testid} or PUT /scenario/{testid}"],
  ])("is told so at %s %s", async (method, path, now) => {
    const { status, json } = await call(method, path, method === "GET" ? {} : { body: {} });
    expect(status).toBe(404);
    const { detail } = json as { detail: string };
    expect(detail).toMatch(/before version 0\.7/);
    expect(detail).toContain("POST /testcases/{testcaseid}/select");
    expect(detail).toContain(now);
  });
});

describe("a slash at a path's end", () => {
  it("counts nothing", async () => {
    const { status, json } = await call("POST", "/testcases/testcase1/select/");
    expect(status).toBe(200);
    const { testid: other } = json as { testid: string };
    expect((await call("PUT", `/step/${other}/`, { body: { step: 30 } })).payload).toEqual({ step: 30 });
    const first = await call("POST", `/advance/${other}`, { headers: { "idempotency-key": "k" } });
    const again = await call("POST", `/advance/${other}/`, { headers: { "idempotency-key": "k" } });
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect((await call("GET", `/kpi/${other}/`)).status).toBe(200);
    expect((await call("PUT", `/stop/${other}/`)).text).toBe("OK");
    expect((await call("GET", "/testcases/")).json).toContainEqual({ testcaseid: "testcase1" });
  });
});

describe("HEAD", () => {
  it("is answered wherever GET is, without a body", async () => {
    const paths = [
      "version",
      "healthz",
      "openapi.yaml",
      "docs",
      "testcases",
      "status/T",
      "name/T",
      "inputs/T",
      "kpi/T",
    ];
    for (const path of paths.map((each) => `/${each.replace("T", testid)}`)) {
      const head = await call("HEAD", path);
      const get = await call("GET", path);
      expect([head.status, head.text, head.headers.get("content-type")], path).toEqual([
        200,
        "",
        get.headers.get("content-type"),
      ]);
    }
    expect((await call("HEAD", "/users/alice/tests", { headers: as(ALICE) })).status).toBe(200);
    expect((await call("HEAD", "/users/alice/tests")).status).toBe(401);
    expect((await call("HEAD", "/kpi/5b4bd3f5-6ba0-4a3b-8d6c-7a9f0e2f1c11")).status).toBe(400);
  });
});
