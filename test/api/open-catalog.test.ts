import { expect, it, vi } from "vitest";
import type { Config } from "../../functions/platform/config.ts";
import type { Platform } from "../../functions/platform/open.ts";

it("makes the client of Lambda once for a process, not for each request", async () => {
  // Another test file in this process may have opened a catalog.
  vi.resetModules();
  const { openCatalog } = await import("../../functions/emulator-client/open.ts");
  const platform = { config: { emulatorFunction: "emulator" } as Config } as Platform;
  const makeInvoke = vi.fn(() => async () => undefined);
  const first = openCatalog(platform, makeInvoke);
  const second = openCatalog(platform, makeInvoke);
  expect(second).toBe(first);
  expect(makeInvoke).toHaveBeenCalledTimes(1);
  expect(makeInvoke).toHaveBeenCalledWith("emulator");
});
