import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROUTES, type Route } from "../../functions/api/routes.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { stateOf, type TestState } from "../support/state.ts";

/** Small steps only: what is asked for at random must not take a year of simulation. */
const cloud = useCloud({ accounts: [{ name: "someone", key: "good key", privileged: true }] });
const { call, selectTest } = clientOf(cloud);

const LIMIT_MS = 10_000;

let testid: string;
let before: TestState;
beforeAll(async () => {
  testid = await selectTest();
  await call("PUT", `/step/${testid}`, { body: { step: 30 } });
  before = await stateOf(cloud(), testid);
});

const FIELDS = [
  "step",
  "start_time",
  "warmup_period",
  "final_time",
  "point_names",
  "horizon",
  "interval",
  "electricity_price",
  "time_period",
  "temperature_uncertainty",
  "solar_uncertainty",
  "seed",
  "oveAct_u",
  "oveAct_activate",
  "api_key",
  "tag1",
  "unit_test",
  "__proto__",
  "constructor",
];

/** Any JSON, with the fields that the routes know more often than chance would have it. */
const nearMiss = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    "inf",
    "-inf",
    "nan",
    "1e3",
    "0x1",
    "",
    " 5 ",
    "dynamic",
    "test_day",
    "low",
    "none",
    ["TRooAir_y"],
    ["TDryBul"],
    0,
    -1,
    0.5,
    86_400,
    1e308,
  ),
);
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.stringify(value)),
  fc.dictionary(fc.constantFrom(...FIELDS), nearMiss).map((value) => JSON.stringify(value)),
  fc
    .dictionary(fc.constantFrom(...FIELDS), fc.constantFrom("NaN", "Infinity", "-Infinity", "1e999", "null"))
    .map((fields) => `{${Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}: ${value}`)}}`),
  fc.string({ maxLength: 200, unit: "binary" }),
);
const type = fc.constantFrom("application/json", "application/x-www-form-urlencoded", "text/plain", "");
const segment = fc.oneof(
  fc.constantFrom("testcase1", "testcase3", "someone", "page.js", "__proto__", "1700000000000-0"),
  fc.string({ minLength: 1, maxLength: 40, unit: "binary" }).map(encode),
);
const headers = fc.record(
  {
    prefer: fc.constantFrom("respond-async", "wait=0", "wait=1, respond-async", "x"),
    authorization: fc.constantFrom("good key", "bad key", ""),
    "idempotency-key": fc.oneof(fc.uuid(), fc.constantFrom("a", '""', "b c")),
    "accept-encoding": fc.constantFrom("gzip", "identity", "*;q=0"),
  },
  { requiredKeys: [] },
);

/** As a path segment; halves of surrogate pairs have no UTF-8, and dots alone would be resolved by the client. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/^\.{1,2}$/, "%2e");
}

const COMMANDS = new Set([
  "PUT /step",
  "PUT /initialize",
  "PUT /inputs",
  "POST /advance",
  "PUT /scenario",
  "POST /tests/run",
  "DELETE /tests/run",
]);
/** A simulation of a hundred years is asked for in good faith. These routes get every field but those that allow it. */
const isHeavy = (route: string, text: string) =>
  (route.startsWith("PUT /initialize") && /start_time|warmup/.test(text) && /\d{3}|e/i.test(text)) ||
  (route.startsWith("PUT /step") && /\d{4}|e\d/i.test(text)) ||
  (route.startsWith("PUT /scenario") && /test_day/.test(text)) ||
  (route.startsWith("PUT /forecast") && /1e/.test(text));

describe("whatever is sent", () => {
  const stopped = ROUTES.filter((route) => route.startsWith("PUT /stop"));

  // Paths with a route for each method are called with any.
  const isForAny = (route: string) => ROUTES.includes(`PATCH ${route.split(" ")[1]}` as Route);
  const routes = ROUTES.map((route) => (isForAny(route) ? route.replace(/^[A-Z]+/, "ANY") : route));

  it.each([...new Set(routes)].filter((route) => !stopped.includes(route as Route)))(
    "%s answers as it says, and a refusal changes nothing",
    async (route) => {
      const [methodOrAny = "", template = ""] = route.split(" ");
      await fc.assert(
        fc.asyncProperty(
          json,
          type,
          headers,
          fc.array(segment, { minLength: 3, maxLength: 3 }),
          fc.constantFrom("GET", "PUT", "POST", "DELETE", "PATCH"),
          async (raw, contentType, sent, segments, anyMethod) => {
            fc.pre(!isHeavy(route, raw));
            const method = methodOrAny === "ANY" ? anyMethod : methodOrAny;
            let next = 0;
            const path = template.replace(/\{(\w+\+?)\}/g, (_whole, name: string) =>
              name === "testid" ? testid : (segments[next++] ?? "x"),
            );
            const startedAt = performance.now();
            const { status } = await call(method, path, {
              ...(method === "GET" ? {} : { raw: raw.toWellFormed() }),
              headers: { ...sent, ...(contentType === "" ? {} : { "content-type": contentType }) },
              redirect: "manual",
            });
            expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS);
            // That a test is not finished is 500 by the contract.
            if (route !== "POST /submit/{testid}") expect(status).toBeLessThan(500);
            const changes = COMMANDS.has(route.replace("/{testid}", ""));
            // What was accepted without waiting may take effect at any time.
            if (changes && sent.prefer !== undefined) await settled();
            const after = await stateOf(cloud(), testid);
            if (status >= 400 || !changes) expect(withoutDraws(after)).toEqual(withoutDraws(before));
            before = after;
            if (template.endsWith("/run")) await pause();
          },
        ),
        { numRuns: 50, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
      );
    },
  );

  /** A query may note when an error was drawn. */
  const withoutDraws = ({ fields, ...rest }: TestState) => {
    const { drawn: _drawn, ...others } = fields;
    return { ...rest, fields: others };
  };

  /** A command behind all others is answered when they are. */
  const settled = async () => {
    await call("PUT", `/step/${testid}`, { body: { step: 30 } });
    before = await stateOf(cloud(), testid);
  };

  /** Ends a run that may have begun. */
  const pause = async () => {
    await call("DELETE", `/tests/${testid}/run`);
    await settled();
  };

  afterAll(async () => {
    expect((await call("GET", `/status/${testid}`)).json).toBe("Running");
    expect((await call("PUT", `/stop/${testid}`)).text).toBe("OK");
  });
});
