import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../functions/api/routes.ts";
import { checkAnswer, description, operations } from "../support/contract.ts";

describe("the description of the API", () => {
  it("is OpenAPI 3.1", async () => {
    const text = readFileSync(new URL("../../functions/api/openapi.yaml", import.meta.url), "utf8");
    const { valid, errors } = await new Validator().validate(text);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it("has every route that there is, and no other", () => {
    expect([...operations.keys()].sort()).toEqual([...ROUTES].sort());
  });

  it("names each parameter of each path, and each operation once", () => {
    const ids = new Set<string>();
    for (const [path, item] of Object.entries(description.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(item) as { parameters?: object[]; operationId?: string }[]) {
        const named = JSON.stringify(operation.parameters ?? []);
        for (const name of inPath) expect(named).toMatch(new RegExp(`parameters/${name}"|"name":"${name}"`));
        if (operation.operationId === undefined) continue;
        expect(ids).not.toContain(operation.operationId);
        ids.add(operation.operationId);
      }
    }
  });
});

describe("holding an answer against it", () => {
  const json = { "content-type": "application/json" };
  const check = (status: number, text: string, headers: Record<string, string> = json, path = "/step/x") =>
    checkAnswer("GET", path, { status, text, headers: new Headers(headers) });

  it("lets pass what is described", () => {
    expect(() => check(200, '{"status":200,"message":"","payload":60}')).not.toThrow();
    expect(() => check(404, "{}", json, "/nowhere")).not.toThrow();
  });

  it.each([
    ["another payload", 200, '{"status":200,"message":"","payload":"60"}', json],
    ["another field", 200, '{"status":200,"message":"","payload":60,"x":1}', json],
    ["a status that is not the answer's", 200, '{"status":400,"message":"","payload":60}', json],
    ["another status", 201, '{"status":201,"message":"","payload":60}', json],
    ["another type", 200, '{"status":200,"message":"","payload":60}', { "content-type": "text/plain" }],
  ])("refuses %s", (_what, status, text, headers) => {
    expect(() => check(status, text, headers)).toThrow(/GET \/step\/x/);
  });

  it("refuses a missing header, a body where there should be none, and routes out of nowhere", () => {
    const queued = '{"status":409,"message":"","payload":null}';
    expect(() => check(409, queued, json, "/points/x")).toThrow(/retry-after/);
    expect(() => check(200, "{}", json, "/nowhere")).toThrow(/not described/);
    const head = { status: 200, text: "x", headers: new Headers(json) };
    expect(() => checkAnswer("HEAD", "/step/x", head)).toThrow(/should have none/);
  });
});
