import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { openPromise } from "yauzl";
import { BoptestError, type Place } from "../../typescript/src/index.ts";
import { UNITS } from "./kpis.ts";
import { sendFile } from "./send-file.ts";
import { type Common, EXIT, Problem, progress, serviceOf, show } from "./session.ts";
import { compare, PERIOD_DAYS, referencesOf } from "./verify.ts";
import type { ComparedPoint } from "./verify-points.ts";

export type PlacedOptions = Common & Place;

export async function listTestcases(options: PlacedOptions): Promise<void> {
  const listed = await serviceOf(options).testcases(placeOf(options));
  show(options, listed, () =>
    listed.map((each) => [each.testcaseid, each.status ?? "built in", each.reasons?.join(" ") ?? ""]),
  );
}

/** Uploads an FMU, with files beside it, and prints the result of its check. */
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
export async function importCheckout(
  checkout: string,
  options: PlacedOptions & { only?: string; verify?: string; days?: number },
): Promise<void> {
  const folder = join(checkout, "testcases");
  if (!existsSync(folder))
    throw new Problem(`${checkout} is no checkout of BOPTEST: it has no folder testcases`, EXIT.usage);
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, "models", "wrapped.fmu")));
  const only = options.verify ?? options.only;
  const wanted = names.filter((name) => only === undefined || name === only).sort();
  if (wanted.length === 0) {
    const found = names.length === 0 ? "none" : names.sort().join(", ");
    throw new Problem(
      `${checkout} has no testcases/${only ?? "*"}/models/wrapped.fmu; there are: ${found}`,
      EXIT.usage,
    );
  }
  const references = options.verify === undefined ? [] : referencesOf(checkout, options.verify);
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
  if (outcomes.some(({ status }) => status === "refused")) process.exitCode = EXIT.refused;
  const table = () => outcomes.map(({ testcase, status, reasons }) => [testcase, status, reasons.join(" ")]);
  if (options.verify === undefined) show(options, outcomes, table);
  else await verify(options.verify, outcomes, references, { ...options, checkout });
}

/** Shows KPIs and points of a published test case beside those that the checkout keeps. */
async function verify(
  name: string,
  [outcome]: readonly Verdict[],
  references: Parameters<typeof compare>[1],
  options: PlacedOptions & { checkout: string; days?: number },
): Promise<void> {
  if (outcome?.status !== "published") {
    show(options, { ...outcome, kpis: [] }, () => [[name, outcome?.status, outcome?.reasons.join(" ")]]);
    return;
  }
  const test = await serviceOf(options).select(name, placeOf(options));
  try {
    let done = 0;
    const tell = (scenario: string) => progress(`${name}, ${scenario}`, done++, references.length + 1);
    const { checkout, days = PERIOD_DAYS } = options;
    const { kpis, points } = await compare(test, references, { checkout, name, days }, tell);
    progress(name, 1, 1);
    const different = kpis.filter(({ agrees }) => !agrees).length;
    show(options, { ...outcome, kpis, points }, () => [
      ["scenario", "KPI", "unit", "reference", "ours", "difference, %", ""],
      ...kpis.map(({ scenario, kpi, reference, ours, percent, agrees }) => [
        scenario,
        kpi,
        UNITS[kpi],
        reference,
        ours,
        percent === null ? null : percent.toFixed(3),
        agrees ? "" : "differs",
      ]),
    ]);
    if (!options.json) process.stdout.write(`\n${kpis.length - different} of ${kpis.length} KPIs agree within 0.1 %\n`);
    if (!options.json && points.length > 0) tellPoints(points);
    if (different > 0 || points.some(({ agrees }) => !agrees)) process.exitCode = EXIT.refused;
  } finally {
    await test.stop();
  }
}

/** The points that differ, those that differ most first, and how many agree. */
function tellPoints(points: readonly ComparedPoint[]): void {
  const short = (value: number | null) => (value === null ? "" : value.toPrecision(3));
  const different = points.filter(({ agrees }) => !agrees);
  for (const each of different.toSorted((one, other) => (other.error ?? Infinity) - (one.error ?? Infinity))) {
    const { scenario, point, error, ofRange, time, reference, ours } = each;
    const where =
      error === null
        ? "the test case has no such point"
        : `${short(error)} in BOPTEST's measure, ${short(ofRange)} of its range: ${ours} for ${reference} at ${time.toFixed(0)} s`;
    process.stdout.write(`${scenario}, ${point}: ${where}\n`);
  }
  process.stdout.write(
    `${points.length - different.length} of ${points.length} trajectories agree within BOPTEST's tolerance\n`,
  );
}

interface Verdict {
  readonly testcase: string;
  readonly status: "published" | "refused";
  readonly reasons: readonly string[];
}

async function send(name: string, fmu: string, beside: readonly string[], options: PlacedOptions): Promise<void> {
  const testcase = serviceOf(options).testcase(name, placeOf(options));
  for (const file of [fmu, ...beside]) {
    if (!existsSync(file)) throw new Problem(`There is no file ${file}`, EXIT.usage);
  }
  for (const file of [fmu, ...beside]) {
    const { size } = statSync(file);
    const label = `${name}: ${basename(file)}, ${bytesOf(size)}`;
    await again(async () => {
      const form = await testcase.form(file === fmu ? undefined : basename(file));
      await sendFile(form, file, (bytes) => progress(label, bytes, size));
    });
  }
}

/** The newest upload of a file counts, so that it may be sent twice; a second failure is told. */
async function again(send: () => Promise<void>): Promise<void> {
  try {
    await send();
  } catch (error) {
    const isPassing = error instanceof BoptestError && (error.status === undefined || error.status >= 500);
    if (!isPassing) throw error;
    await send();
  }
}

const bytesOf = (size: number) => (size < 1e5 ? `${Math.ceil(size / 1e3)} KB` : `${(size / 1e6).toFixed(1)} MB`);

/** Whether the service publishes the upload, which it checks before a test begins. */
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
  const tables = existsSync(resources)
    ? readdirSync(resources).filter((name) => isBoundaryData(join(resources, name)))
    : [];
  return [...settings, ...tables.map((name) => join(resources, name))].filter(
    (file) => existsSync(file) && !inside.has(`resources/${basename(file)}`),
  );
}

/** Whether a file is a table with a column `time`: BOPTEST passes over all others. */
function isBoundaryData(file: string): boolean {
  if (!/\.csv$/i.test(file)) return false;
  const head = readFileSync(file, "utf8")
    .split(/\r?\n/)
    .find((line) => line.trim() !== "" && !line.startsWith("#"));
  return head?.split(",").some((cell) => cell.trim().replaceAll('"', "") === "time") ?? false;
}

export const placeOf = ({ namespace, user }: Place): Place => ({
  ...(namespace === undefined ? {} : { namespace }),
  ...(user === undefined ? {} : { user }),
});
