import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { count, logWithMetrics } from "../../functions/platform/metrics.ts";

// What other tests of this process have counted is none of these.
beforeEach(() => void written(() => logWithMetrics("before", {})));
afterEach(() => vi.restoreAllMocks());

/** What a call writes, line by line. */
function written(work: () => void): Record<string, unknown>[] {
  const lines: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  work();
  vi.restoreAllMocks();
  return lines.map((line) => JSON.parse(line));
}

describe("metrics", () => {
  it("go with a log line, in CloudWatch's embedded metric format", () => {
    const [line, ...others] = written(() => {
      count("Polls");
      count("Polls", 2);
      count("EnqueueToCommit", 12);
      count("EnqueueToCommit", 15);
      logWithMetrics("request", { testid: "t", status: 200 }, "boptest/test");
    });
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      message: "request",
      testid: "t",
      status: 200,
      Polls: 3,
      EnqueueToCommit: [12, 15],
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: "boptest/test",
            Dimensions: [[]],
            Metrics: [
              { Name: "Polls", Unit: "Count" },
              { Name: "EnqueueToCommit", Unit: "Milliseconds" },
            ],
          },
        ],
      },
    });
  });

  it("are counted once, and a line without any is a line as others are", () => {
    const lines = written(() => {
      count("Polls");
      logWithMetrics("first", {}, "n");
      logWithMetrics("second", {}, "n");
    });
    expect(lines[0]).toHaveProperty("Polls", 1);
    expect(Object.keys(lines[1] ?? {})).toEqual(["time", "level", "message"]);
  });

  it("are dropped where there is no namespace for them", () => {
    const [line] = written(() => {
      count("Polls");
      logWithMetrics("request", {}, "");
    });
    expect(line).not.toHaveProperty("_aws");
    expect(line).not.toHaveProperty("Polls");
  });

  it("keep at most the hundred values that a line may carry", () => {
    const [line] = written(() => {
      for (let i = 0; i < 150; i++) count("EnqueueToCommit", i);
      logWithMetrics("drained", {}, "n");
    });
    expect(line?.EnqueueToCommit).toHaveLength(100);
  });
});
