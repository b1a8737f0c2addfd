import type { Override } from "../emulator/protocol.ts";
import type { Verify } from "../emulator-client/call.ts";
import { ModelFailed } from "../emulator-client/failure.ts";
import { joinLines } from "../emulator-client/log-lines.ts";
import type { Manifest } from "../packages/manifest.ts";
import type { Verdict } from "../packages/model.ts";
import { readManifest } from "../packages/read.ts";
import type { Result } from "../packages/reasons.ts";
import { log } from "../platform/log.ts";
import type { Bucket } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import { Vanished } from "./download.ts";
import { keepVerdict, readVerdict, type Subject } from "./verdicts.ts";

/** How long the emulator may fetch the FMU, s. */
const URL_SECONDS = 900;

/** What is needed to have models tried. */
export interface TryPorts {
  readonly redis: Redis;
  readonly bucket: Bucket;
  /** Has the emulator function try a model. */
  readonly verify: Verify;
  /** What one verification may take, ms, and how many simulated hours it compares at most. */
  readonly verifyMs: number;
  readonly verifyHours: number;
  /** Identifies the emulator function's code; undefined: verdicts are neither kept nor used again. */
  readonly emulatorVersion: string | undefined;
}

/**
 * Has the emulator function try a package's model and verify its state. A package that is published already is not tried again.
 * Neither is a model that this version of the emulator has verified before: a new CSV file beside the FMU, for example, changes
 * the package and not the model.
 *
 * @param of.key the S3 key of the uploaded FMU
 * @param of.owner whose processes may run it
 * @returns the manifest with the verdict; or the reasons why the model cannot be run
 * @throws ModelUnavailable if the emulator function cannot be asked; Vanished if the FMU was replaced meanwhile
 */
export async function tryModel(
  ports: TryPorts,
  manifest: Manifest,
  of: { readonly key: string; readonly owner: string },
): Promise<Result<Manifest>> {
  const published = await readManifest(ports.bucket, manifest.hash);
  if (published !== undefined) return { ok: true, value: published };
  const { model, fmu } = manifest;
  const { startTime, warmupPeriod } = manifest.defaults;
  const work = {
    kind: "verify",
    time: Math.max(0, startTime - warmupPeriod),
    overrides: overridesOf(manifest),
    hours: ports.verifyHours,
  } as const;
  const { redis, emulatorVersion } = ports;
  const subject: Subject | undefined =
    emulatorVersion === undefined ? undefined : { fmu: fmu.hash, model, emulatorVersion, work };
  const verified = subject && (await readVerdict(redis, subject));
  if (verified !== undefined) return { ok: true, value: withVerdict(manifest, verified) };
  const url = await ports.bucket.presign(of.key, URL_SECONDS);
  try {
    const { verdict } = await ports.verify({
      owner: of.owner,
      package: { hash: fmu.hash, url, model },
      work: { ...work, budgetMs: ports.verifyMs },
    });
    const { keeps, covered } = verdict;
    log("info", "The state of a model was verified", {
      event: "model_verified",
      package: manifest.hash,
      keeps,
      ...covered,
    });
    if (subject !== undefined) await keepVerdict(redis, subject, verdict);
    return { ok: true, value: withVerdict(manifest, verdict) };
  } catch (error) {
    if (!(error instanceof ModelFailed)) throw error;
    if (error.message.includes("another file")) throw new Vanished(`The object ${of.key} was replaced`);
    const words = error.log.length > 0 ? ` The model's log ends with:\n${joinLines(error.log)}` : "";
    const reasons = [`The model was tried, and cannot be run: ${error.message}.${words}`];
    return { ok: false, reasons };
  }
}

function withVerdict(manifest: Manifest, verdict: Verdict): Manifest {
  return { ...manifest, model: { ...manifest.model, keeps: verdict.keeps }, verdict };
}

/** Inputs that have limits: a value between them is likely to make sense. */
function overridesOf({ inputs, model }: Manifest): Override[] {
  const names = new Set(model.inputs.map(({ name }) => name));
  return Object.entries(inputs).flatMap(([input, { Minimum: lowest, Maximum: highest }]): Override[] => {
    const partner = input.replace(/_u$/, "_activate");
    const activate = partner !== input && names.has(partner) ? partner : undefined;
    return lowest === null || highest === null || lowest > highest ? [] : [{ input, activate, lowest, highest }];
  });
}
