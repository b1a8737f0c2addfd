import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cvodeLibrary } from "../../functions/emulator/native.ts";
import { compileWith } from "./support/compile.ts";

let program: string;
beforeAll(() => {
  program = compileWith("clock.c", "cvode.c", "integrand.c", "log.c", "frames.c", "arena.c", "heap.c");
});
afterAll(() => rmSync(dirname(program), { recursive: true }));

test("an indicator that was 0 where the integrator began before is looked at again when it begins anew", () => {
  const run = (...args: string[]) => execFileSync(program, [cvodeLibrary(), ...args], { encoding: "utf8" });
  const [fresh, warm] = [run(), run("stepped before")];
  expect(fresh).toMatch(/^root 10\.00000/);
  expect(warm).toBe(fresh);
});
