import { PREFIXES } from "../../platform/prefixes.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import type { HttpAnswer } from "../http.ts";

/** Whoever asks more often gets the same answer again, ms: asking must not be a way to use up Redis. */
const KEPT_MS = 2_000;

interface Part {
  readonly ok: boolean;
  readonly ms: number;
}

let last: { readonly atMs: number; readonly answer: Promise<HttpAnswer> } | undefined;

/** Whether Redis and S3 answer: 200, or 503 if one does not. */
export const health: Endpoint = async (request, context) => {
  if (last === undefined || request.arrivalMs - last.atMs >= KEPT_MS) {
    last = { atMs: request.arrivalMs, answer: check(context) };
  }
  return await last.answer;
};

async function check({ redis, objects }: ApiContext): Promise<HttpAnswer> {
  const [redisPart, s3Part] = await Promise.all([
    probe(() => redis.command(["PING"])),
    probe(() => objects.list(PREFIXES.uploads, { limit: 1 })),
  ]);
  const ok = redisPart.ok && s3Part.ok;
  return {
    status: ok ? 200 : 503,
    body: JSON.stringify({ status: ok ? "ok" : "unavailable", redis: redisPart, s3: s3Part }),
    headers: { "cache-control": "no-store" },
  };
}

async function probe(ask: () => Promise<unknown>): Promise<Part> {
  const startedAt = performance.now();
  const ok = await ask().then(
    () => true,
    () => false,
  );
  return { ok, ms: Math.round(performance.now() - startedAt) };
}
