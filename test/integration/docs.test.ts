import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";

const cloud = useCloud();
const { call } = clientOf(cloud);

describe("/openapi.yaml", () => {
  it("is the description that the suite is held against", async () => {
    const { status, text } = await call("GET", "/openapi.yaml");
    expect(status).toBe(200);
    expect(text).toBe(readFileSync(new URL("../../functions/api/openapi.yaml", import.meta.url), "utf8"));
  });
});

describe("/docs", () => {
  it("is a page whose parts all come from the service itself", async () => {
    const { status, headers, text } = await call("GET", "/docs");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/html/);
    const parts = [...text.matchAll(/(?:src|href)="([^"]+)"/g)]
      .map(([, url]) => url ?? "")
      .filter((url) => url !== "data:,");
    expect(parts).toHaveLength(3);
    for (const part of parts) {
      const url = new URL(part, `${cloud().url}/docs`);
      expect(url.origin).toBe(cloud().url);
      const { status: found, headers: of } = await call("GET", url.pathname);
      expect(found, part).toBe(200);
      expect(of.get("content-type")).toMatch(part.endsWith(".css") ? /^text\/css/ : /^text\/javascript/);
    }
    expect((await call("GET", "/docs/page.js")).text).toContain('url: "openapi.yaml"');
  });

  it("may load nothing from elsewhere", async () => {
    const policy = (await call("GET", "/docs")).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*/);
  });

  it("has no other files", async () => {
    for (const file of ["index.mjs", "..%2Findex.mjs", "..%2f..%2f..%2fpackage.json", "__proto__", "nope.js"]) {
      expect((await call("GET", `/docs/${file}`)).status).toBe(404);
    }
  });
});
