import type { NotedConfinement } from "../../emulator-client/confinement.ts";
import { envelope } from "../../lifecycle/outcome.ts";
import { keys } from "../../platform/keys.ts";
import { PREFIXES } from "../../platform/prefixes.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import type { HttpAnswer } from "../http/request.ts";

/** The version of BOPTEST's contract that the service implements. */
export const CONTRACT_VERSION = "1.0.0-dev";
/** The service's own version. A test compares it with package.json. */
export const SERVICE_VERSION = "0.1.0";

export const version: Endpoint = async () => {
  const payload = { version: CONTRACT_VERSION, service: `boptest-serverless ${SERVICE_VERSION}` };
  return envelope(200, "The version of the contract and of the service behind it.", JSON.stringify(payload));
};

/** More frequent calls get the same answer, ms, so that no client can use up Redis by them. */
const KEPT_MS = 2_000;

interface Part {
  readonly ok: boolean;
  readonly ms: number;
}

interface Probed extends Part {
  readonly answer: unknown;
}

let last: { readonly atMs: number; readonly answer: Promise<HttpAnswer> } | undefined;

/** Whether Redis and S3 answer: 200, or 503 if one does not; and how the latest model was confined. */
export const health: Endpoint = async (request, context) => {
  if (last === undefined || request.arrivalMs - last.atMs >= KEPT_MS) {
    last = { atMs: request.arrivalMs, answer: check(context) };
  }
  return await last.answer;
};

async function check({ redis, bucket }: ApiContext): Promise<HttpAnswer> {
  const [redisPart, s3Part] = await Promise.all([
    probe(() => redis.command(["GET", keys.confinement()])),
    probe(() => bucket.list(PREFIXES.uploads, { limit: 1 })),
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
