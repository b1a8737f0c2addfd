import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildLayer } from "../../infra/native/build.ts";
import { buildFmu, fmuEntries } from "../fmus/build.ts";
import { zip } from "../fmus/zip.ts";
import { ask, askInVain, EmulatorFixture, initializeAt, type Served } from "./support/service.ts";

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
      "boptest-hide.node",
      "libgfortran.so.3",
      "libgfortran.so.4",
      ...readdirSync(join(folder, "lib")).filter((name) => name === "libgomp.so.1"),
      "libsundials_cvode.so.6",
    ]);
    // Whoever runs models executes it.
    expect(statSync(join(folder, "bin/boptest-host")).mode & 0o111).toBe(0o111);
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

describe("a library that a model needs", () => {
  /** A package whose model is linked against a library `libhelper.so.1`, which lies where it is said. */
  async function needing(options: { beside?: boolean; linked?: readonly string[]; helper?: string }): Promise<Served> {
    const { beside = false, linked = [], helper = "int helper(void) { return 1; }" } = options;
    const folder = mkdtempSync(join(tmpdir(), "boptest-needs-"));
    try {
      const compile = (...args: string[]) => execFileSync("cc", ["-shared", "-fPIC", ...args], { cwd: folder });
      writeFileSync(join(folder, "helper.c"), `${helper}\n`);
      compile("-Wl,-soname,libhelper.so.1", "-o", "libhelper.so.1", "helper.c");
      writeFileSync(join(folder, "model.c"), "int helper(void); int model(void) { return helper(); }\n");
      compile("-o", "twozone.so", "model.c", "libhelper.so.1", ...linked);
      const entries = (await fmuEntries("cs")).filter(({ path }) => !path.endsWith(".so"));
      const library = (name: string) => ({
        path: `binaries/linux64/${name}`,
        content: readFileSync(join(folder, name)),
        mode: 0o100755,
      });
      const libraries = [library("twozone.so"), ...(beside ? [library("libhelper.so.1")] : [])];
      const { model } = await buildFmu("cs");
      return fixture.serveBytes(zip([...entries, ...libraries]), model);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test("and that is nowhere is told by name, with the run path and what to do", async () => {
    const served = await needing({ linked: ["-Wl,-rpath,/home/me/lib"] });
    const { failure, message } = await askInVain(fixture.instance(), initializeAt(served, 0));
    expect(failure).toBe("load");
    expect(message).toContain("twozone.so needs the library libhelper.so.1");
    expect(message).toContain("its RPATH is /home/me/lib");
    expect(message).toContain("Put libhelper.so.1 beside it, into binaries/linux64, or link it statically.");
    expect(message, "who repeats it ends the sentence").not.toMatch(/\.$/);
  });

  test("and that lies beside it is found without a run path", async () => {
    const { failure, message } = await askInVain(fixture.instance(), initializeAt(await needing({ beside: true }), 0));
    // As far as this one comes: it is loaded, and is no FMU.
    expect(failure).toBe("load");
    expect(message).toContain("fmi2Instantiate");
  });

  test("and that this machine has, but Lambda has not, is missing here as well", async () => {
    const served = await needing({ beside: true, linked: ["-Wl,--no-as-needed", "-l:libz.so.1"] });
    expect(existsSync("/usr/lib/x86_64-linux-gnu/libz.so.1") || existsSync("/lib/x86_64-linux-gnu/libz.so.1")).toBe(
      true,
    );
    const { message } = await askInVain(fixture.instance(), initializeAt(served, 0));
    expect(message).toContain("twozone.so needs the library libz.so.1");
  });

  test("of the compiler, libstdc++ and libgomp, is here", async () => {
    const served = await needing({
      beside: true,
      linked: ["-Wl,--no-as-needed", "-l:libstdc++.so.6", "-l:libgomp.so.1"],
    });
    const { message } = await askInVain(fixture.instance(), initializeAt(served, 0));
    expect(message).toContain("fmi2Instantiate");
  });

  test("of a newer system than Lambda's is refused here as well", async () => {
    const helper = "unsigned arc4random(void); int helper(void) { return arc4random() > 0; }";
    const { message } = await askInVain(fixture.instance(), initializeAt(await needing({ beside: true, helper }), 0));
    expect(message).toContain(
      "libhelper.so.1 was linked on a newer system: it needs GLIBC_2.36, and the newest here is GLIBC_2.34.",
    );
  });
});
