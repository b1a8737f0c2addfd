import { describe, expect, it } from "vitest";
import { answerError } from "../../functions/api/http/answer-error.ts";
import { RedisError, RedisRefused } from "../../functions/platform/redis.ts";

const REQUEST = { params: { testid: "t" }, route: "POST /advance/{testid}", requestId: "r" };

describe("what storage did is told", () => {
  it("503 where it may be well the next time: the client is to try again", () => {
    const { status, headers } = answerError(new RedisError("away"), REQUEST);
    expect({ status, retryAfter: headers?.["retry-after"] }).toEqual({ status: 503, retryAfter: "2" });
  });

  it("500 where it would be refused again", () => {
    const { status, headers } = answerError(new RedisRefused("WRONGTYPE"), REQUEST);
    expect({ status, retryAfter: headers?.["retry-after"] }).toEqual({ status: 500, retryAfter: undefined });
  });
});
