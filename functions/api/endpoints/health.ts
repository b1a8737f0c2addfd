import type { NotedConfinement } from "../../models/confinement.ts";
import { keys } from "../../platform/keys.ts";
import { PREFIXES } from "../../platform/prefixes.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import type { HttpAnswer } from "../http.ts";

/** Whoever asks more often gets the same answer again, ms: asking must not be a way to use up Redis. */
const KEPT_MS = 2_000;

interface Part {
  readonly ok: boolean;
  readonly ms: number;
}

interface Probed extends Part {
  readonly answer: unknown;
}

let last: { readonly atMs: number; readonly answer: Promise<HttpAnswer> } | undefined;

/** Whether Redis and S3 answer: 200, or 503 if one does not; and how models were confined when one was last run. */
export const health: Endpoint = async (request, context) => {
  if (last === undefined || request.arrivalMs - last.atMs >= KEPT_MS) {
    last = { atMs: request.arrivalMs, answer: check(context) };
  }
  return await last.answer;
};

async function check({ redis, objects }: ApiContext): Promise<HttpAnswer> {
  const [redisPart, s3Part] = await Promise.all([
    probe(() => redis.command(["GET", keys.confinement()])),
    probe(() => objects.list(PREFIXES.uploads, { limit: 1 })),
  ]);
  const ok = redisPart.ok && s3Part.ok;
  return {
    status: ok ? 200 : 503,
    body: JSON.stringify({
      status: ok ? "ok" : "unavailable",
      redis: partOf(redisPart),
      s3: partOf(s3Part),
      confinement: typeof redisPart.answer === "string" ? (JSON.parse(redisPart.answer) as NotedConfinement) : null,
    }),
    headers: { "cache-control": "no-store" },
  };
}

async function probe(ask: () => Promise<unknown>): Promise<Probed> {
  const startedAt = performance.now();
  const asked = await ask().then(
    (answer) => ({ ok: true, answer }),
    () => ({ ok: false, answer: undefined }),
  );
  return { ...asked, ms: Math.round(performance.now() - startedAt) };
}

function partOf({ ok, ms }: Probed): Part {
  return { ok, ms };
}
