import { describe, expect, it } from "vitest";
import { addressId } from "../../functions/api/limits/address.ts";
import { TokenBuckets } from "../../functions/api/limits/token-bucket.ts";
import { rateLimitHeaders, TooMany } from "../../functions/api/limits/too-many.ts";

describe("a bucket of tokens", () => {
  it("lets a burst through, then so many a second", () => {
    const buckets = new TokenBuckets({ perSecond: 10, size: 3 });
    const taken = [0, 0, 0, 0, 50, 100, 100].map((ms) => buckets.take("a", ms).ok);
    expect(taken).toEqual([true, true, true, false, false, true, false]);
  });

  it("says what is left, and when there will be one again", () => {
    const buckets = new TokenBuckets({ perSecond: 2, size: 2 });
    expect(buckets.take("a", 0)).toEqual({ ok: true, holdMs: 0, left: 1, resetMs: 500 });
    expect(buckets.take("a", 0)).toEqual({ ok: true, holdMs: 0, left: 0, resetMs: 1000 });
    expect(buckets.take("a", 100)).toEqual({ ok: false, holdMs: 0, left: 0, resetMs: 400 });
  });

  it("gives out tokens that are still to come to who can wait for them, each once, and none that comes too late", () => {
    const buckets = new TokenBuckets({ perSecond: 10, size: 1 });
    const taken = Array.from({ length: 5 }, () => buckets.take("a", 0, 300));
    expect(taken.map(({ holdMs }) => Math.round(holdMs))).toEqual([0, 100, 200, 300, 0]);
    expect(taken.map(({ ok }) => ok)).toEqual([true, true, true, true, false]);
    expect(taken.map(({ left }) => left)).toEqual([0, 0, 0, 0, 0]);
    // A refused one takes nothing: what comes 100 ms later is as far behind as the last that was let through.
    expect(Math.round(buckets.take("a", 100, 300).holdMs)).toBe(300);
  });

  it("is every name's own", () => {
    const buckets = new TokenBuckets({ perSecond: 1, size: 1 });
    expect([buckets.take("a", 0).ok, buckets.take("b", 0).ok, buckets.take("a", 0).ok]).toEqual([true, true, false]);
  });

  it("is never filled by a clock that was set back, nor above its size", () => {
    const buckets = new TokenBuckets({ perSecond: 1, size: 2 });
    buckets.take("a", 10_000);
    expect(buckets.take("a", 5_000)).toMatchObject({ ok: true, left: 0 });
    expect(buckets.take("a", 1_000_000)).toMatchObject({ ok: true, left: 1 });
  });

  it("is forgotten when too many others came after it", () => {
    const buckets = new TokenBuckets({ perSecond: 1, size: 1, most: 2 });
    for (const name of ["a", "b", "c"]) buckets.take(name, 0);
    expect(buckets.take("c", 0).ok).toBe(false);
    expect(buckets.take("a", 0).ok).toBe(true);
  });
});

describe("an address", () => {
  it("stands for itself in IPv4, and is not to be read from what stands for it", () => {
    expect(addressId("203.0.113.7")).toMatch(/^[0-9a-f]{16}$/);
    expect(addressId("203.0.113.7")).not.toBe(addressId("203.0.113.8"));
  });

  it.each([
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::1"],
    ["2001:DB8:1:2::", "2001:0db8:0001:0002:ffff:ffff:ffff:ffff"],
    ["2001:db8::1", "2001:db8:0:0:9::"],
    ["::1", "0:0:0:0:0:0:0:2"],
  ])("in IPv6 stands for its network: %s and %s are one", (one, other) => {
    expect(addressId(one)).toBe(addressId(other));
  });

  it("in IPv6 tells networks apart", () => {
    expect(addressId("2001:db8:1:2::1")).not.toBe(addressId("2001:db8:1:3::1"));
  });
});

describe("429", () => {
  it("says in whole seconds when to come back, one at least", () => {
    expect(new TooMany("m", 0.2).headers).toEqual({ "retry-after": "1" });
    expect(new TooMany("m", 12.1)).toMatchObject({ status: 429, headers: { "retry-after": "13" } });
  });

  it("has the standard's two headers, which name a policy and what is left of it", () => {
    const policy = { name: "test", quota: 200, windowSeconds: 4 };
    expect(rateLimitHeaders(policy, 17, 3.2)).toEqual({
      "ratelimit-policy": '"test";q=200;w=4',
      ratelimit: '"test";r=17;t=4',
    });
  });
});
