import { createHash } from "node:crypto";
import type { Endpoint } from "../context.ts";

/**
 * An endpoint whose answer has an ETag. A client that sends the ETag back in `If-None-Match` is answered `304` without a
 * body while the answer stays the same: polling then costs few bytes.
 */
export function withEtag(endpoint: Endpoint): Endpoint {
  return async (request, context) => {
    const answer = await endpoint(request, context);
    if (answer.status !== 200) return answer;
    const etag = `"${createHash("sha256").update(answer.body).digest("hex").slice(0, 32)}"`;
    const headers = { ...answer.headers, etag, "cache-control": "no-cache" };
    return matches(request.ifNoneMatch, etag) ? { status: 304, body: "", headers } : { ...answer, headers };
  };
}

/** Whether `If-None-Match` (RFC 9110, 13.1.2) names the ETag: weak ones count, and `*` is any. */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const given = header.split(",").map((each) => each.trim().replace(/^W\//, ""));
  return given.includes(etag) || given.includes("*");
}
