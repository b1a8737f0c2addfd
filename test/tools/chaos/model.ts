import { makeCallModel } from "../../../functions/emulator-client/call.ts";
import { modelEmulator } from "../../../functions/emulator-client/emulator.ts";
import { readManifest } from "../../../functions/packages/read.ts";
import { readRecord } from "../../../functions/packages/records.ts";
import { testCaseOf } from "../../../functions/packages/testcase.ts";
import { describeError } from "../../../functions/platform/log.ts";
import type { TestCase } from "../../../functions/simulation/testcase.ts";
import type { Cloud } from "../../../infra/local/cloud/cloud.ts";
import { findCompiler } from "../../../infra/native/compiler.ts";
import { Problem } from "../../../infra/programs/problem.ts";
import { EmulatorFixture } from "../../emulator/support/service.ts";
import { clientOf } from "../../support/client.ts";
import { until } from "../../support/cloud.ts";
import { uploadFmu } from "../../support/fmu.ts";
import { bucketOf, redisOf } from "../../support/state.ts";
import { FORGETFUL } from "./forgetful.ts";

/** The longest computing time of the twin's model in one call, ms. */
const LIMIT_MS = 60_000;

/** An uploaded test case: in the cloud, and an undisturbed twin. */
export interface ModelTwin {
  /** Its model runs in processes of this program, without the cloud. */
  readonly testcase: TestCase;
  readonly close: () => Promise<void>;
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
export async function uploadModel(cloud: Cloud): Promise<ModelTwin> {
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
  const { model } = manifest;
  if (model.keeps !== "image") throw new Error(`a model that keeps memory beside its state is ${model.keeps}`);
  const fixture = await EmulatorFixture.start();
  const { hash, url } = await fixture.serve("forgets");
  const service = fixture.instance();
  // A call of the emulator's service, without the function.
  const call = makeCallModel(async (request) => await service.carryOut(request as never), {
    modelMs: LIMIT_MS,
    replayMs: LIMIT_MS,
  });
  const emulator = modelEmulator({ owner: record.owner, hash, model, url: async () => url }, call, () => {});
  const testcase = testCaseOf(manifest, FORGETFUL, emulator);
  return { testcase, close: () => fixture.stop() };
}
