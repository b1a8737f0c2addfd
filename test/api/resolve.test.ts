import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { resolve } from "../../functions/api/http/resolve.ts";
import { ROUTES, UNMATCHED } from "../../functions/api/routes.ts";
import { RouteTable } from "../../infra/local/api-gateway/routes.ts";

const gateway = new RouteTable([...ROUTES, ...UNMATCHED]);

/** What the function makes of a request, as API Gateway passes it on. */
function resolved(method: string, rawPath: string) {
  const match = gateway.match(method, rawPath);
  if (match === undefined) throw new Error(`API Gateway has no route for ${method} ${rawPath}`);
  const { routeKey, parameters } = match;
  const event = { routeKey, rawPath, pathParameters: parameters, requestContext: { http: { method } } };
  return resolve(event as unknown as APIGatewayProxyEventV2);
}

describe("a request's route", () => {
  it.each([
    ["POST", "/advance/t", "POST /advance/{testid}", { testid: "t" }],
    ["POST", "/advance/t/", "POST /advance/{testid}", { testid: "t" }],
    ["POST", "/advance/t//", "POST /advance/{testid}", { testid: "t" }],
    ["HEAD", "/kpi/t", "GET /kpi/{testid}", { testid: "t" }],
    ["HEAD", "/kpi/t/", "GET /kpi/{testid}", { testid: "t" }],
    ["GET", "/testcases/", "GET /testcases", {}],
    ["HEAD", "/testcases/lab", "GET /testcases/{namespace}", { namespace: "lab" }],
    ["POST", "/testcases/a%20b/select/", "POST /testcases/{testcaseid}/select", { testcaseid: "a b" }],
    [
      "POST",
      "/testcases/lab/b/select/",
      "POST /testcases/{namespace}/{testcaseid}/select",
      { namespace: "lab", testcaseid: "b" },
    ],
    ["GET", "/users/john/tests/", "GET /users/{user}/tests", { user: "john" }],
    ["HEAD", "/docs/", "GET /docs", {}],
  ])("%s %s is %s", (method, path, route, params) => {
    expect(resolved(method, path)).toMatchObject({ route, params, path: path.replace(/\/+$/, "") });
  });

  it.each([
    ["GET", "/advance/t", ["POST"]],
    ["HEAD", "/advance/t", ["POST"]],
    ["POST", "/kpi/t", ["GET", "HEAD"]],
    ["DELETE", "/scenario/t/", ["GET", "HEAD", "PUT"]],
    ["POST", "/version", ["GET", "HEAD"]],
    ["POST", "/advance", []],
    ["PUT", "/", ["GET", "HEAD"]],
    ["PATCH", "/nonsense/t", []],
    ["GET", "/kpi//", []],
  ])("is none for %s %s, whose path takes %j", (method, path, methods) => {
    expect(resolved(method, path)).toMatchObject({ route: undefined, methods });
  });

  it("leaves OPTIONS to API Gateway, everywhere", () => {
    for (const path of ["/", "/testcases", "/users/john/tests", "/advance/t", "/requests/t/r", "/nonsense/x/y"]) {
      expect(gateway.match("OPTIONS", path), path).toBeUndefined();
    }
    for (const route of [...ROUTES, ...UNMATCHED]) expect(route).not.toMatch(/^(ANY|OPTIONS|\$default)/);
  });
});
