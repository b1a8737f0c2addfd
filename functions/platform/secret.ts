import type { RedisAccess } from "./config.ts";

/** The secret could not be read, or lacks a field. The message never contains its content. */
export class SecretError extends Error {
  override readonly name = "SecretError";
}

/** Reads Redis' address and token, `{"url", "token"}`, from Secrets Manager. @throws SecretError */
export async function readRedisSecret(
  arn: string,
  options: { readonly timeoutMs?: number } = {},
): Promise<RedisAccess> {
  const text = await fetchSecret(arn, options.timeoutMs ?? 5_000);
  const { url, token } = readFields(text);
  if (typeof url === "string" && url !== "" && typeof token === "string" && token !== "") return { url, token };
  throw new SecretError(`The secret ${arn} must hold {"url": "https://…", "token": "…"}`);
}

async function fetchSecret(arn: string, timeoutMs: number): Promise<string> {
  // Loaded only when needed: the local cloud has no secrets.
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: timeoutMs / 2, throwOnRequestTimeout: true },
  });
  try {
    const abortSignal = AbortSignal.timeout(timeoutMs);
    const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId: arn }), { abortSignal });
    return SecretString;
  } catch (error) {
    const reason = error instanceof Error ? error.name : "unknown";
    throw new SecretError(`The secret ${arn} cannot be read (${reason})`, { cause: error });
  } finally {
    client.destroy();
  }
}

function readFields(text: string): Partial<Record<"url" | "token", unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
