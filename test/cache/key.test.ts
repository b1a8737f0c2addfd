import { describe, expect, it } from "vitest";
import { isValidKey, requireValidKey } from "../../functions/cache/key.ts";

describe("a key", () => {
  it.each(["a", "warmup/0a1b", "A-Z_0.9=@+", "x".repeat(512)])("may be %s", (key) => {
    expect(isValidKey(key)).toBe(true);
  });

  it.each(["", "/a", "a/", "a//b", "..", "a/../b", "a..b", "a b", "a\nb", "ä", "a:b", "x".repeat(513)])(
    "may not be %j",
    (key) => {
      expect(isValidKey(key)).toBe(false);
    },
  );

  it("that is none is refused with what is allowed", () => {
    expect(() => requireValidKey("a/../b")).toThrow(/"a\/\.\.\/b" is not a valid key.*512/);
  });
});
