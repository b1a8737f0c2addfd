import type { Override, VerifyRequest } from "../emulator/protocol.ts";
import type { Verify } from "../models/call.ts";
import { ModelFailed } from "../models/failure.ts";
import { joinLines } from "../models/log-lines.ts";
import type { Manifest } from "../packages/manifest.ts";
import { readManifest } from "../packages/read.ts";
import { log } from "../platform/log.ts";
import type { Bucket } from "../platform/objects.ts";

export type Tried =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly reasons: readonly string[]; readonly isOtherFile: boolean };

/** How long the emulator may fetch the FMU, s. */
const URL_SECONDS = 900;

/**
 * Has the emulator function try a package's model and verify its state. What is published already was tried before, and is
 * not tried again.
 *
 * @param of.key the S3 key of the uploaded FMU
 * @param of.owner who may share a process with it
 * @returns the manifest with what came of it; or the reasons why the model cannot be run
 * @throws ModelUnavailable if the emulator function cannot be asked
 */
export async function tryModel(
  ports: { readonly bucket: Bucket; readonly verify: Verify; readonly verifyMs: number },
  manifest: Manifest,
  of: { readonly key: string; readonly owner: string },
): Promise<Tried> {
  const published = await readManifest(ports.bucket, manifest.hash);
  if (published !== undefined) return { ok: true, manifest: published };
  const { startTime, warmupPeriod } = manifest.defaults;
  const work: VerifyRequest["work"] = {
    kind: "verify",
    time: Math.max(0, startTime - warmupPeriod),
    overrides: overridesOf(manifest),
    budgetMs: ports.verifyMs,
  };
  const url = await ports.bucket.presign(of.key, URL_SECONDS);
  const { model, fmu } = manifest;
  try {
    const { verdict } = await ports.verify({ owner: of.owner, package: { hash: fmu.hash, url, model }, work });
    const { keeps, covered } = verdict;
    log("info", "a model's state is verified", { package: manifest.hash, keeps, ...covered });
    return { ok: true, manifest: { ...manifest, model: { ...model, keeps: verdict.keeps }, verdict } };
  } catch (error) {
    if (!(error instanceof ModelFailed)) throw error;
    const words = error.log.length > 0 ? ` The model's log ends with:\n${joinLines(error.log)}` : "";
    const reasons = [`The model was tried, and cannot be run: ${error.message}.${words}`];
    return { ok: false, reasons, isOtherFile: error.message.includes("another file") };
  }
}

/** Inputs that have limits, between which a value is likely to make sense. */
function overridesOf({ inputs, model }: Manifest): Override[] {
  const names = new Set(model.inputs.map(({ name }) => name));
  return Object.entries(inputs).flatMap(([input, { Minimum: lowest, Maximum: highest }]): Override[] => {
    const activate = input.replace(/_u$/, "_activate");
    if (!input.endsWith("_u") || !names.has(input) || !names.has(activate)) return [];
    return lowest === null || highest === null || lowest > highest ? [] : [{ input, activate, lowest, highest }];
  });
}
