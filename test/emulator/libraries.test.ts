import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildLayer } from "../../infra/native/build.ts";
import { ask, EmulatorFixture, initializeAt } from "./support/service.ts";

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

test.each(["fortran3", "fortran4"] as const)("a model of an old compiler loads: %s", async (name) => {
  // Else this tests the system's.
  expect(existsSync(`/usr/lib/x86_64-linux-gnu/libgfortran.so.${name.at(-1)}`)).toBe(false);
  const { log, samples } = await ask(fixture.instance(), initializeAt(await fixture.serve(name), 0));
  expect(samples.columns[1]?.[0]).toBe(289.15);
  expect(log).toContain("fmi2OK [fortran]: compared: 0 1 1 1, joined: 'DGETR  #', powers: 1024 -27 0");
  expect(log).toContain(" On entry to DGETRF parameter number 4 had an illegal value");
});

test("the layer holds what models need, each under the name that is asked for", () => {
  const folder = mkdtempSync(join(tmpdir(), "boptest-layer-"));
  try {
    const first = buildLayer(folder);
    expect(readdirSync(join(folder, "lib")).sort()).toEqual([
      "libgfortran.so.3",
      "libgfortran.so.4",
      "libsundials_cvode.so.6",
    ]);
    const symbols = execFileSync("nm", ["-D", join(folder, "lib/libgfortran.so.3")], { encoding: "utf8" });
    for (const version of ["GFORTRAN_1.0", "GFORTRAN_1.4"]) {
      const names = [...symbols.matchAll(/_gfortran_(\w+)@+(\S+)/g)].flatMap(([, name, at]) =>
        at === version ? name : [],
      );
      expect(names.sort()).toEqual([
        "compare_string",
        "concat_string",
        "pow_i4_i4",
        "st_write",
        "st_write_done",
        "stop_string",
        "transfer_character_write",
        "transfer_integer_write",
      ]);
    }
    // Built again, nothing changes: whoever uses it does not notice.
    const before = first.map((file) => statSync(file).mtimeMs);
    expect(buildLayer(folder).map((file) => statSync(file).mtimeMs)).toEqual(before);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
