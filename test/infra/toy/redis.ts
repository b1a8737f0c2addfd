/** One command over REST. */
export async function command(...parts: (string | number)[]): Promise<unknown> {
  const response = await fetch(process.env.UPSTASH_REDIS_REST_URL ?? "", {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.UPSTASH_REDIS_REST_TOKEN}` },
    body: JSON.stringify(parts),
    signal: AbortSignal.timeout(10_000),
  });
  const { result } = (await response.json()) as { result: unknown };
  return result;
}
