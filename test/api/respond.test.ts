import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { respond } from "../../functions/api/respond.ts";
import type { Objects } from "../../functions/platform/objects.ts";

/** A bucket that notes what is created in it. */
function noting(): { objects: Objects; created: { body: unknown; headers: unknown }[] } {
  const created: { body: unknown; headers: unknown }[] = [];
  const objects: Objects = {
    create: async (_key, body, headers) => {
      created.push({ body, headers });
      return "ok";
    },
    read: async () => undefined,
    presign: async () => "http://bucket.test/answer",
  };
  return { objects, created };
}

const GZIP = { headers: { "accept-encoding": "gzip" } };
/** Digits that gzip cannot make small. */
const noise = (length: number) => {
  let digits = "";
  while (digits.length < length) digits += String(Math.random()).slice(2);
  return digits.slice(0, length);
};

describe("an answer that is too large for Lambda", () => {
  it("goes into the bucket if it is a 200", async () => {
    const { objects, created } = noting();
    const body = noise(5_500_001);
    const answer = await respond({ status: 200, body }, { headers: {} }, objects);
    expect(answer).toEqual({ statusCode: 303, headers: { location: "http://bucket.test/answer" }, body: "" });
    expect(created).toEqual([{ body: Buffer.from(body), headers: { contentType: "application/json" } }]);
  });

  it("goes there gzipped for whoever accepts that", async () => {
    const { objects, created } = noting();
    const body = noise(12_000_000);
    expect((await respond({ status: 200, body }, GZIP, objects)).statusCode).toBe(303);
    expect(created[0]?.headers).toEqual({ contentType: "application/json", contentEncoding: "gzip" });
    expect(gunzipSync(created[0]?.body as Uint8Array).equals(Buffer.from(body))).toBe(true);
  });

  it.each([400, 404, 500])("keeps its status %d: the bucket would make a 200 of it", async (status) => {
    for (const request of [{ headers: {} }, GZIP]) {
      const { objects, created } = noting();
      const answer = await respond({ status, body: noise(12_000_000) }, request, objects);
      expect(answer.statusCode).toBe(status);
      expect(JSON.parse(answer.body ?? "")).toMatchObject({ status, payload: null });
      expect(created).toEqual([]);
    }
  });

  it("is one by what it takes as a JSON string", async () => {
    const quotes = '"'.repeat(2_800_000);
    const { objects, created } = noting();
    expect((await respond({ status: 200, body: quotes }, { headers: {} }, objects)).statusCode).toBe(303);
    expect(created).toHaveLength(1);
    const letters = await respond({ status: 200, body: "x".repeat(2_800_000) }, { headers: {} }, objects);
    expect(letters.statusCode).toBe(200);
  });
});
