import { expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { ROOT, uploadFmu } from "../support/fmu.ts";
import { storedBy } from "../support/stored.ts";

const cloud = useCloud({ accounts: [ROOT], environment: { STATE_CHECKS_PER_10000: "0" } });
const client = clientOf(cloud);

async function must(method: string, path: string, body: unknown): Promise<void> {
  const { status, text } = await client.call(method, path, { body });
  if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`);
}

// A serialized state, and an image.
it.each(["cs", "me-replay"] as const)(
  "a committed step of %s stores its samples, and little beside them",
  async (name) => {
    await uploadFmu(client, name, `/testcases/${name}`);
    const testid = await client.selectTest(name);
    await must("PUT", `/initialize/${testid}`, { start_time: 0, warmup_period: 0 });
    await must("PUT", `/step/${testid}`, { step: 3600 });
    const steps = [];
    for (let i = 0; i < 20; i++) {
      await must("POST", `/advance/${testid}`, {});
      steps.push(await storedBy(cloud(), testid));
    }
    const [first, last] = [steps[1], steps[19]];
    // 120 samples of 19 columns as base64 are 24,320 characters at most.
    for (const { state, record, samples, answer, total } of steps) {
      expect(state).toBeLessThan(600);
      expect(record).toBeLessThan(2_500);
      expect(samples).toBeLessThan(16_000);
      expect(answer).toBeLessThan(1_000);
      expect(total).toBe(state + record + samples + answer);
    }
    // It does not grow with the test, but for digits and the compression of other numbers.
    expect(last?.state).toBeLessThan(1.2 * (first?.state ?? 0));
    expect(last?.record).toBeLessThan(1.1 * (first?.record ?? 0));
  },
);
