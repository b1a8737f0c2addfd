import { describe, expect, it } from "vitest";
import { RouteTable } from "../../infra/local/api-gateway/routes.ts";

describe("matching routes as API Gateway does", () => {
  const table = new RouteTable([
    "GET /tests/{id}",
    "GET /tests/all",
    "ANY /tests/{id}",
    "GET /tests/{id}/steps/{step}",
    "POST /files/{proxy+}",
    "POST /files/{folder}/index",
    "GET /",
  ]);

  it.each([
    ["GET", "/tests/7", "GET /tests/{id}", { id: "7" }],
    ["GET", "/tests/all", "GET /tests/all", {}],
    ["PUT", "/tests/7", "ANY /tests/{id}", { id: "7" }],
    ["PUT", "/tests/all", "ANY /tests/{id}", { id: "all" }],
    ["GET", "/tests/7/steps/3", "GET /tests/{id}/steps/{step}", { id: "7", step: "3" }],
    ["GET", "/tests/a%20b%2Fc", "GET /tests/{id}", { id: "a b/c" }],
    ["GET", "/tests/100%", "GET /tests/{id}", { id: "100%" }],
    ["POST", "/files/a/b/c", "POST /files/{proxy+}", { proxy: "a/b/c" }],
    ["POST", "/files/a/index", "POST /files/{folder}/index", { folder: "a" }],
    ["GET", "/", "GET /", {}],
  ])("takes %s %s to %s", (method, path, routeKey, parameters) => {
    expect(table.match(method, path)).toEqual({ routeKey, parameters });
  });

  it.each([
    ["DELETE", "/"],
    ["GET", "/tests"],
    ["GET", "/tests/"],
    ["GET", "/tests/7/"],
    ["GET", "/TESTS/7"],
    ["GET", "/tests/7/steps"],
    ["POST", "/files"],
    ["POST", "/files/"],
  ])("has none for %s %s", (method, path) => {
    expect(table.match(method, path)).toBeUndefined();
  });

  it("takes the rest to $default where there is one", () => {
    const withDefault = new RouteTable(["GET /a", "$default"]);
    expect(withDefault.match("POST", "/anything")).toEqual({ routeKey: "$default", parameters: {} });
    expect(withDefault.match("GET", "/a")).toEqual({ routeKey: "GET /a", parameters: {} });
  });

  it("does not take the order of declaration into account", () => {
    const reversed = new RouteTable(["ANY /{a}", "GET /{b}", "GET /c"]);
    expect(reversed.match("GET", "/c")?.routeKey).toBe("GET /c");
    expect(reversed.match("GET", "/d")?.routeKey).toBe("GET /{b}");
    expect(reversed.match("PUT", "/c")?.routeKey).toBe("ANY /{a}");
  });
});
