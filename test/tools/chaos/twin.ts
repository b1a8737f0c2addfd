import { makeCallModel } from "../../../functions/emulator-client/call.ts";
import { modelEmulator } from "../../../functions/emulator-client/emulator.ts";
import { testCaseOf } from "../../../functions/packages/testcase.ts";
import type { TestCase } from "../../../functions/simulation/testcase.ts";
import { EmulatorFixture } from "../../emulator/support/service.ts";
import { FORGETFUL } from "./forgetful.ts";
import type { UploadedModel } from "./model.ts";

/** The longest computing time of the twin's model in one call, ms. */
const LIMIT_MS = 60_000;

/** The undisturbed twin of an uploaded test case. */
export interface ModelTwin {
  /** Its model runs in processes of this program, without the cloud. */
  readonly testcase: TestCase;
  readonly close: () => Promise<void>;
}

export async function makeTwin({ owner, manifest }: UploadedModel): Promise<ModelTwin> {
  const fixture = await EmulatorFixture.start();
  const { hash, url } = await fixture.serve("forgets");
  const service = fixture.instance();
  // A call of the emulator's service, without the function.
  const call = makeCallModel(async (request) => await service.carryOut(request as never), {
    modelMs: LIMIT_MS,
    replayMs: LIMIT_MS,
  });
  const emulator = modelEmulator({ owner, hash, model: manifest.model, url: async () => url }, call, () => {});
  return { testcase: testCaseOf(manifest, FORGETFUL, emulator), close: () => fixture.stop() };
}
