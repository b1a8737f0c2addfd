import { describe, expect, it } from "vitest";
import { acceptsGzip, readPreferences } from "../../functions/api/http/preferences.ts";

describe("Accept-Encoding", () => {
  it.each([
    ["gzip", true],
    ["GZIP", true],
    ["deflate, gzip;q=0.5, br", true],
    ["*", true],
    ["*;q=0.1", true],
    ["gzip;q=0", false],
    ["gzip;q=0, *", false],
    ["gzip;q=0.000", false],
    ["gzip;q=nonsense", false],
    ["identity", false],
    ["x-gzip-like", false],
    ["", false],
    [undefined, false],
  ])("%j allows gzip: %s", (header, expected) => {
    expect(acceptsGzip(header)).toBe(expected);
  });
});

describe("Prefer", () => {
  it.each([
    [undefined, { async: false, waitMs: undefined, applied: undefined }],
    ["", { async: false, waitMs: undefined, applied: undefined }],
    ["respond-async", { async: true, waitMs: undefined, applied: "respond-async" }],
    ["Respond-Async", { async: true, waitMs: undefined, applied: "respond-async" }],
    ["wait=10", { async: false, waitMs: 10_000, applied: "wait=10" }],
    ['wait = "7"', { async: false, waitMs: 7000, applied: "wait=7" }],
    ["wait=0", { async: false, waitMs: 0, applied: "wait=0" }],
    ["respond-async, wait=5", { async: true, waitMs: 5000, applied: "respond-async, wait=5" }],
    ["wait=1, wait=2", { async: false, waitMs: 1000, applied: "wait=1" }],
    ["handling=lenient, wait=-1, wait=1.5, wait=x", { async: false, waitMs: undefined, applied: undefined }],
    ["return=minimal, respond-async", { async: true, waitMs: undefined, applied: "respond-async" }],
  ])("%j", (header, expected) => {
    expect(readPreferences(header)).toEqual(expected);
  });
});
