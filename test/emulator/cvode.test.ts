import { afterEach, expect, test } from "vitest";
import { Cvode } from "../../functions/emulator/cvode/cvode.ts";
import { Integrand } from "../../functions/emulator/cvode/integrand.ts";
import type { Pointer } from "../../functions/emulator/fmi/c-library.ts";
import koffi from "../../functions/emulator/native.ts";

const opened: Cvode[] = [];
const registered: Pointer[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
  for (const each of registered.splice(0)) koffi.unregister(each);
});

const STATUS = "int32_t";
const functions = {
  setTime: koffi.proto(`${STATUS} setTime(void *, double)`),
  setStates: koffi.proto(`${STATUS} setStates(void *, void *, size_t)`),
  get: koffi.proto(`${STATUS} get(void *, void *, size_t)`),
};
const [OK] = [0];

/** x' = 1; one indicator, which is 0 until it is armed, and then 0 at `root` only. */
function clock() {
  const armed: { root: number | undefined } = { root: undefined };
  let time = 0;
  const put = (address: Pointer, value: number) => koffi.encode(address, "double", value);
  const register = (type: keyof typeof functions, call: (...args: never[]) => number): Pointer => {
    const address = koffi.register(call, koffi.pointer(functions[type]));
    registered.push(address);
    return address;
  };
  const integrand = new Integrand({
    instance: 0n,
    functions: {
      fmi2SetTime: register("setTime", (_instance: unknown, now: number) => {
        time = now;
        return OK;
      }),
      fmi2SetContinuousStates: register("setStates", () => OK),
      fmi2GetDerivatives: register("get", (_instance: unknown, derivatives: Pointer) => {
        put(derivatives, 1);
        return OK;
      }),
      fmi2GetEventIndicators: register("get", (_instance: unknown, indicators: Pointer) => {
        put(indicators, armed.root === undefined ? 0 : time - armed.root);
        return OK;
      }),
    },
    states: 1,
    indicators: 1,
    dependencies: null,
  });
  const cvode = new Cvode({ integrand, tolerance: 1e-6, absoluteTolerances: Float64Array.of(1e-8) });
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
