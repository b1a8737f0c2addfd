import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Scene } from "../support/scene.ts";

export function serving({ call }: Scene): void {
  describe("the page", () => {
    const asBrowser = { headers: { accept: "text/html,application/xhtml+xml" } };

    it("is at / for browsers; for others nothing is there, as before", async () => {
      const { status, headers, text } = await call("GET", "/", asBrowser);
      expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
      expect(headers.get("content-security-policy")).toMatch(
        /^default-src 'self'; script-src 'self'; style-src 'self';/,
      );
      expect(headers.get("content-security-policy")).not.toMatch(/unsafe|https?:|\*/);
      expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|style=|\son\w+=/);
      for (const accept of ["application/json", "*/*"]) {
        expect((await call("GET", "/", { headers: { accept } })).json).toMatchObject({ status: 404 });
      }
    });

    it("is asked for again for nothing, and its files are kept for a year", async () => {
      const { headers, text } = await call("GET", "/", asBrowser);
      const etag = headers.get("etag") ?? "";
      const again = await call("GET", "/", { headers: { ...asBrowser.headers, "if-none-match": etag } });
      expect([again.status, again.text]).toEqual([304, ""]);
      const files = [...text.matchAll(/page\/page-[A-Z0-9]{8}\.(?:js|css)/g)].map(([path]) => path);
      expect(files).toHaveLength(2);
      let zipped = 0;
      for (const file of files) {
        const answer = await call("GET", `/${file}`);
        expect([answer.status, answer.headers.get("cache-control")]).toEqual([
          200,
          "public, max-age=31536000, immutable",
        ]);
        zipped += gzipSync(answer.text).length;
      }
      // What all of the page takes on the wire.
      expect(zipped).toBeLessThanOrEqual(120_000);
      for (const file of ["page-AAAAAAAA.js", "index.html", "..%2Findex.mjs", "bundle.json", "__proto__"]) {
        expect((await call("GET", `/page/${file}`)).status, file).toBe(404);
      }
    });
  });
}
