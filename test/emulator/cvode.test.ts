import { afterEach, expect, test } from "vitest";
import { Cvode } from "../../functions/emulator/cvode/cvode.ts";
import type { Pointer } from "../../functions/emulator/fmi/c-library.ts";
import koffi from "../../functions/emulator/native.ts";

const opened: Cvode[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

/** x' = 1; one indicator, which is 0 until it is armed, and then 0 at `root` only. */
function clock() {
  const armed: { root: number | undefined } = { root: undefined };
  const put = (address: Pointer, value: number) => koffi.encode(address, "double", value);
  const cvode = new Cvode({
    states: 1,
    indicators: 1,
    tolerance: 1e-6,
    absoluteTolerances: Float64Array.of(1e-8),
    derivatives(_time, _states, derivatives) {
      put(derivatives, 1);
      return true;
    },
    eventIndicators(time, _states, indicators) {
      put(indicators, armed.root === undefined ? 0 : time - armed.root);
      return true;
    },
  });
  opened.push(cvode);
  return { cvode, armed };
}

test("an indicator that was 0 where the integrator began before is looked at again when it begins anew", () => {
  const [warm, fresh] = [clock(), clock()];
  warm.cvode.begin(0, Float64Array.of(0), 10);
  expect(warm.cvode.step(10).end).toBe("step");
  const ends = [warm, fresh].map(({ cvode, armed }) => {
    // Closer than the first step goes.
    armed.root = 10 + 1e-6;
    cvode.begin(10, Float64Array.of(10), 20);
    return cvode.step(20);
  });
  expect(ends[1]?.end).toBe("root");
  expect(ends[0]).toEqual(ends[1]);
});
