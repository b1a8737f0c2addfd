import { setTimeout as sleep } from "node:timers/promises";
import { Violation } from "./history.ts";
import { call, persist } from "./http.ts";
import type { Random } from "./random.ts";
import type { Service } from "./service.ts";

/**
 * Selects a test case until there is a test of it. One call in five has no Idempotency-Key: if it fails, its test may exist
 * under an id that no client knows.
 *
 * @throws Violation
 */
export async function select(
  { url, patience, setBacks }: Service,
  random: Random,
  testcaseid: string,
): Promise<string> {
  for (;;) {
    const sentMs = performance.now();
    const headers: Record<string, string> = random.chance(0.8) ? { "idempotency-key": random.uuid() } : {};
    const path = `/testcases/${testcaseid}/${random.chance(0.5) ? "select" : "select-async"}`;
    const said = await patience.waitFor(`POST ${path}`, async (giveUp) => {
      if (headers["idempotency-key"] !== undefined) return await persist(url, "POST", path, { headers, giveUp });
      for (;;) {
        const heard = await call(url, "POST", path);
        if (heard.kind === "answer") return heard.said;
        if (heard.kind === "promise") return await persist(url, "GET", heard.location, { giveUp });
        if (giveUp()) return undefined;
        await sleep(100);
      }
    });
    // What the database may have lost is left to itself.
    if (setBacks.touch({ sentMs })) continue;
    if (said.status === 200) return (JSON.parse(said.text) as { testid: string }).testid;
    // A start may be given up like any command; the test is then stopped.
    if (said.status === 500 && said.text.includes("was given up")) continue;
    throw new Violation(`POST ${path} was answered ${said.status} ${said.text}`);
  }
}
