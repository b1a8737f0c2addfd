/** A client's preferences (RFC 7240). The standard demands that unknown ones are ignored. */
export interface Preferences {
  /** `respond-async`: do not wait. */
  readonly async: boolean;
  /** `wait=N`: the longest wait, ms. */
  readonly waitMs: number | undefined;
  /** The preferences that were understood, for `Preference-Applied`. */
  readonly applied: string | undefined;
}

/** Reads the header `Prefer`. If a preference is given twice, the first counts. */
export function readPreferences(header: string | undefined): Preferences {
  const preferences = (header ?? "").split(",").map((item) => item.trim().toLowerCase());
  const async = preferences.includes("respond-async");
  const wait = preferences.map((item) => /^wait\s*=\s*"?(\d{1,6})"?$/.exec(item)?.[1]).find((n) => n !== undefined);
  const applied = [...(async ? ["respond-async"] : []), ...(wait === undefined ? [] : [`wait=${wait}`])];
  return {
    async,
    waitMs: wait === undefined ? undefined : Number(wait) * 1000,
    applied: applied.length > 0 ? applied.join(", ") : undefined,
  };
}

/** Whether `Accept-Encoding` (RFC 9110, 12.5.3) allows gzip. */
export function acceptsGzip(header: string | undefined): boolean {
  const weights = new Map<string, number>();
  for (const item of (header ?? "").toLowerCase().split(",")) {
    const [coding = "", ...parameters] = item.split(";").map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    weights.set(coding, weight === undefined ? 1 : Number(weight.slice(2)));
  }
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}
