import type { Manifest } from "../../../functions/packages/manifest.ts";
import { readManifest } from "../../../functions/packages/read.ts";
import { readRecord } from "../../../functions/packages/records.ts";
import { describeError } from "../../../functions/platform/log.ts";
import type { Cloud } from "../../../infra/local/cloud/cloud.ts";
import { findCompiler } from "../../../infra/native/compiler.ts";
import { Problem } from "../../../infra/programs/problem.ts";
import { clientOf } from "../../support/client.ts";
import { until } from "../../support/cloud.ts";
import { uploadFmu } from "../../support/fmu.ts";
import { bucketOf, redisOf } from "../../support/state.ts";
import { FORGETFUL } from "./forgetful.ts";

/** An uploaded test case, as plain data: another process can make its twin. */
export interface UploadedModel {
  readonly owner: string;
  readonly manifest: Manifest;
}

function requireCompiler(): void {
  try {
    findCompiler();
  } catch (error) {
    throw new Problem(`${describeError(error)} Or leave the model out: --no-model.`);
  }
}

/**
 * Uploads a model that keeps memory outside its state. Call it before the first fault.
 *
 * @throws Problem if there is no C compiler to build the model
 */
export async function uploadModel(cloud: Cloud): Promise<UploadedModel> {
  requireCompiler();
  await uploadFmu(
    clientOf(() => cloud),
    "forgets",
    `/testcases/${FORGETFUL}`,
  );
  const record = await until("the model to be taken in", async () => {
    const found = await readRecord(redisOf(cloud), { scope: { kind: "shared" }, testcaseid: FORGETFUL });
    return found?.state === "published" ? found : undefined;
  });
  const manifest = await readManifest(bucketOf(cloud), record.package);
  if (manifest === undefined) throw new Error("the package is published, and is not there");
  const { keeps } = manifest.model;
  if (keeps !== "image") throw new Error(`a model that keeps memory beside its state is ${keeps}`);
  return { owner: record.owner, manifest };
}
