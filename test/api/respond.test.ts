import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { respond } from "../../functions/api/http/respond.ts";
import { fitJson } from "../../functions/api/http/stored-answer.ts";
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

const GZIP = { acceptsGzip: true };
const PLAIN = { acceptsGzip: false };
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
    const answer = await respond({ status: 200, body }, PLAIN, objects);
    const url = "http://bucket.test/answer";
    expect(answer).toMatchObject({ statusCode: 303, headers: { location: url, "content-type": "application/json" } });
    expect(JSON.parse(answer.body ?? "")).toEqual({
      status: 303,
      message: expect.stringMatching(/too large.*GET it from the url within 15 minutes.*-X/),
      payload: null,
      method: "GET",
      url,
    });
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
    for (const request of [PLAIN, GZIP]) {
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
    expect((await respond({ status: 200, body: quotes }, PLAIN, objects)).statusCode).toBe(303);
    expect(created).toHaveLength(1);
    const letters = await respond({ status: 200, body: "x".repeat(2_800_000) }, PLAIN, objects);
    expect(letters.statusCode).toBe(200);
  });
});

describe("JSON that is still to be written", () => {
  const pieces = (body: string) =>
    async function* begin(): AsyncGenerator<string, undefined> {
      for (let at = 0; at < body.length; at += 100_000) yield body.slice(at, at + 100_000);
    };

  it("is the answer itself where it fits into Lambda's 6 MB", async () => {
    const body = JSON.stringify(noise(5_400_000));
    expect(await fitJson(pieces(body), false)).toEqual({ status: 200, body });
  });

  it("fits gzipped where it would not as text", async () => {
    const body = JSON.stringify(noise(8_000_000));
    expect(await fitJson(pieces(body), false)).toBeUndefined();
    const direct = await fitJson(pieces(body), true);
    if (direct === undefined) throw new Error("it does not fit");
    const { objects, created } = noting();
    const answer = await respond(direct, GZIP, objects);
    expect([answer.statusCode, answer.isBase64Encoded, created]).toEqual([200, true, []]);
    expect(JSON.stringify(answer).length).toBeLessThan(6_000_000);
    expect(gunzipSync(Buffer.from(answer.body ?? "", "base64")).toString() === body).toBe(true);
  });

  it("that does not fit is written no further than it would", async () => {
    let written = 0;
    async function* endless(): AsyncGenerator<string, undefined> {
      for (;;) {
        written += 100_000;
        yield noise(100_000);
      }
    }
    expect(await fitJson(endless, true)).toBeUndefined();
    expect(written).toBeLessThan(20_000_000);
  });

  it("fails as whoever writes it fails", async () => {
    async function* failing(): AsyncGenerator<string, undefined> {
      yield "x";
      throw new Error("S3 is away");
    }
    await expect(fitJson(failing, true)).rejects.toThrow("S3 is away");
  });
});
