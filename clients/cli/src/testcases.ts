import { existsSync, openAsBlob, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { openPromise } from "yauzl";
import { BoptestError, type Place } from "../../typescript/src/index.ts";
import { type Common, EXIT, Problem, progress, serviceOf, show } from "./session.ts";

export type PlacedOptions = Common & Place;

export async function listTestcases(options: PlacedOptions): Promise<void> {
  const listed = await serviceOf(options).testcases(placeOf(options));
  show(options, listed, () =>
    listed.map((each) => [each.testcaseid, each.status ?? "built in", each.reasons?.join(" ") ?? ""]),
  );
}

/** Uploads an FMU, with files beside it, and tells what became of it. */
export async function upload(
  name: string,
  fmu: string,
  beside: readonly string[],
  options: PlacedOptions,
): Promise<void> {
  await send(name, fmu, beside, options);
  const outcome = await verdict(name, options);
  show(options, outcome, () => [[outcome.testcase, outcome.status, outcome.reasons.join(" ")]]);
  if (outcome.status === "refused") process.exitCode = EXIT.refused;
}

/**
 * Uploads every test case of a checkout of BOPTEST that has a compiled model, with what the model lacks from beside it, and
 * tells of each whether it was published.
 */
export async function importCheckout(checkout: string, options: PlacedOptions & { only?: string }): Promise<void> {
  const folder = join(checkout, "testcases");
  if (!existsSync(folder))
    throw new Problem(`${checkout} is no checkout of BOPTEST: it has no folder testcases`, EXIT.usage);
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, "models", "wrapped.fmu")));
  const wanted = names.filter((name) => options.only === undefined || name === options.only).sort();
  if (wanted.length === 0) throw new Problem(`No testcases/*/models/wrapped.fmu was found in ${checkout}`, EXIT.usage);
  const outcomes: Verdict[] = [];
  for (const name of wanted) {
    const models = join(folder, name, "models");
    const fmu = join(models, "wrapped.fmu");
    try {
      await send(name, fmu, await missingIn(fmu, models), options);
      outcomes.push(await verdict(name, options));
    } catch (error) {
      // A pointer of Git LFS instead of a model, for example: the others go on.
      outcomes.push({
        testcase: name,
        status: "refused",
        reasons: [error instanceof Error ? error.message : String(error)],
      });
    }
  }
  show(options, outcomes, () => outcomes.map(({ testcase, status, reasons }) => [testcase, status, reasons.join(" ")]));
  if (outcomes.some(({ status }) => status === "refused")) process.exitCode = EXIT.refused;
}

interface Verdict {
  readonly testcase: string;
  readonly status: "published" | "refused";
  readonly reasons: readonly string[];
}

async function send(name: string, fmu: string, beside: readonly string[], options: PlacedOptions): Promise<void> {
  const testcase = serviceOf(options).testcase(name, placeOf(options));
  const files = [fmu, ...beside];
  for (const [done, file] of files.entries()) {
    progress(`uploading ${name}`, done, files.length);
    await testcase.upload(await openAsBlob(file), file === fmu ? undefined : basename(file));
  }
  progress(`uploading ${name}`, files.length, files.length);
}

/** Whether the service publishes what was uploaded: it checks that before a test begins. */
async function verdict(testcase: string, options: PlacedOptions): Promise<Verdict> {
  try {
    const test = await serviceOf(options).select(testcase, placeOf(options));
    await test.stop();
    return { testcase, status: "published", reasons: test.remark === undefined ? [] : [test.remark] };
  } catch (error) {
    if (!(error instanceof BoptestError)) throw error;
    return { testcase, status: "refused", reasons: error.reasons.length > 0 ? error.reasons : [error.message] };
  }
}

/** The files beside a model that it does not have itself. */
async function missingIn(fmu: string, models: string): Promise<string[]> {
  const archive = await openPromise(fmu).catch((cause: unknown) => {
    throw new Problem(`${fmu} is no FMU: ${String(cause)}`);
  });
  const inside = new Set<string>();
  for await (const entry of archive.eachEntry()) inside.add(entry.fileName.replaceAll("\\", "/"));
  const settings = ["config.json", "kpis.json", "days.json"].map((name) => join(models, name));
  const resources = join(models, "Resources");
  const tables = existsSync(resources) ? readdirSync(resources).filter((name) => /\.csv$/i.test(name)) : [];
  return [...settings, ...tables.map((name) => join(resources, name))].filter(
    (file) => existsSync(file) && !inside.has(`resources/${basename(file)}`),
  );
}

export const placeOf = ({ namespace, user }: Place): Place => ({
  ...(namespace === undefined ? {} : { namespace }),
  ...(user === undefined ? {} : { user }),
});
