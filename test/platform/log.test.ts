import { afterEach, expect, it, vi } from "vitest";
import { log } from "../../functions/platform/log.ts";

afterEach(() => vi.restoreAllMocks());

it("a log line is one line of JSON, with the event's name, the sentence, and the error with its cause but no stack", () => {
  const lines: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  const error = new TypeError("no reply", { cause: new Error("away") });
  log("warn", "Could not renew a lock", { event: "lock_not_renewed", key: "a" }, error);
  log("info", "Done");
  expect(lines.map((line) => line.endsWith("\n"))).toEqual([true, true]);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: "warn",
      message: "Could not renew a lock",
      event: "lock_not_renewed",
      key: "a",
      error: "TypeError: no reply (Error: away)",
    },
    { time: expect.any(String), level: "info", message: "Done" },
  ]);
});
