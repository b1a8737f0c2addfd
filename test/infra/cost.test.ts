import { describe, expect, it } from "vitest";
import { bill, containerDollars, NOTHING, plus, times, total } from "../../infra/cost/bill.ts";
import { countOperations } from "../../infra/cost/count.ts";
import { report } from "../../infra/cost/report.ts";

const advance = { ...NOTHING, redisCommands: 18, httpRequests: 1, lambdaRequests: 1, lambdaGbSeconds: 0.01 };

describe("a bill", () => {
  it("is amounts times prices", () => {
    const items = bill(times(advance, 1_000_000));
    expect(items.map(({ what, dollars }) => [what, Number(dollars.toFixed(4))])).toEqual([
      ["Redis commands", 36],
      ["HTTP API requests", 1],
      ["Lambda invocations", 0.2],
      ["Lambda GB-seconds", 0.1333],
      ["Lambda GB-seconds, x86-64", 0],
      ["SQS requests", 0],
      ["S3 writes and lists", 0],
      ["S3 reads", 0],
    ]);
    expect(total(items)).toBeCloseTo(37.3333, 4);
  });

  it("adds up", () => {
    expect(plus(advance, times(advance, 2))).toMatchObject({ redisCommands: 54, httpRequests: 3 });
  });

  it("of a container is for its hours, whatever it does", () => {
    // A quarter of a core and half a GB, 30 days: 720 × (0.25 × 0.03238 + 0.5 × 0.00356).
    expect(containerDollars(720)).toBeCloseTo(7.11, 2);
  });
});

describe("what operations do", () => {
  it("is counted on the local cloud, and told in two tables", async () => {
    const counted = await countOperations(3);
    expect(counted.inlineAdvance).toMatchObject({
      redisCommands: 9,
      httpRequests: 1,
      lambdaRequests: 1,
      sqsRequests: 0,
    });
    expect(counted.inlineAdvance.lambdaGbSeconds).toBeGreaterThan(0);
    expect(counted.queuedAdvance).toMatchObject({ httpRequests: 1, lambdaRequests: 2, sqsRequests: 3 });
    expect(counted.queuedAdvance.redisCommands).toBeGreaterThan(22);
    // As one that the api carries out, and the model's function called by it. None where there is no compiler.
    if (counted.modelAdvance !== undefined) {
      expect(counted.modelAdvance).toMatchObject({ httpRequests: 1, lambdaRequests: 2, sqsRequests: 0, s3Puts: 0 });
      expect(counted.modelAdvance.modelGbSeconds).toBeGreaterThan(0);
    }
    expect(counted.queuedAdvance.modelGbSeconds).toBe(0);
    expect(counted.select.redisCommands).toBeGreaterThan(20);
    expect(counted.sweep).toMatchObject({ httpRequests: 0, lambdaRequests: 1 });
    const text = report(counted);
    expect(text).toMatch(/^1,000 advances[\s\S]*\| Redis commands \| 9,000 \| \$0\.02 \|/);
    expect(text).toContain(
      "Over the WebSocket each is two messages in place of an HTTP request: $0.00100 more, and $0.00001 for each hour of a connection",
    );
    expect(text).toMatch(/A month of 100 tests a day[\s\S]*\*\*together\*\*[\s\S]*always-on container/);
  });
});
