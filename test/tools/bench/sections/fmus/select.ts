import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cloud } from "../../../../../infra/local/cloud/cloud.ts";
import { fmuEntries } from "../../../../fmus/build.ts";
import { zip } from "../../../../fmus/zip.ts";
import { type Context, call } from "../../context.ts";
import { rounds } from "../../stats.ts";
import { atMost, type Section } from "../../table.ts";
import { selectBuilding, uploadBuilding } from "./models.ts";

/** Of the FMU, which does not compress. */
const BYTES = 4 * 2 ** 20;
const [MOST_FIRST_MS, MOST_AGAIN_MS] = [5000, 300];

/**
 * A select of an FMU of 4 MB: right after the upload, when it is checked and its model verified first, and again.
 *
 * @param firstMs what the model's own initialization takes
 */
export async function select(context: Context, cloud: Cloud, firstMs: number): Promise<Omit<Section, "title">> {
  const { quick, say } = context;
  const folder = mkdtempSync(join(tmpdir(), "boptest-bench-"));
  context.defer(() => rmSync(folder, { recursive: true, force: true }));
  const entries = await fmuEntries("cs");
  const [count, times] = [quick ? 2 : 5, { first: [] as number[], again: [] as number[] }];
  for (let round = 0; round < count; round++) {
    say(`select of an FMU of 4 MB, round ${round + 1} of ${count}`);
    // Another one each time, of which nothing is known.
    const file = join(folder, `${round}.fmu`);
    writeFileSync(file, zip([...entries, { path: "resources/table.bin", content: randomBytes(BYTES) }]));
    const path = await uploadBuilding(cloud, { title: `large-${round}`, file });
    times.first.push(await selected(cloud, path));
    times.again.push(await selected(cloud, path));
  }
  const [first, again] = [rounds(times.first), rounds(times.again)];
  const beyond = rounds(times.again.map((ms) => ms - firstMs));
  return {
    tables: [
      {
        title: "Select of an FMU of 4 MB, ms",
        rounds: count,
        head: ["first, right after its upload", "again", "its own initialization", "again − own"],
        rows: [[first, again, firstMs, beyond]],
      },
    ],
    notes: [
      "first: the FMU is checked, its model tried over three days and verified, the package published, and the test started. own: the model alone is loaded and initialized.",
    ],
    targets: [
      atMost("select of an FMU of 4 MB, the first time, ms", first, MOST_FIRST_MS),
      atMost("select of an FMU of 4 MB again, beyond its own initialization, ms", beyond, MOST_AGAIN_MS),
    ],
  };
}

/** How long a select takes until the test can be used, ms. */
async function selected(cloud: Cloud, path: string): Promise<number> {
  const startedAt = performance.now();
  const testid = await selectBuilding(cloud, path);
  const ms = performance.now() - startedAt;
  await call(cloud.url, "PUT", `/stop/${testid}`);
  return ms;
}
