import type { Read } from "../../lifecycle/commands/bodies.ts";
import type { CheckpointParams } from "../../lifecycle/commands/checkpoint.ts";
import { envelope } from "../../lifecycle/outcome.ts";
import { CHECKPOINT_NAMES, describeCheckpoint, isCheckpointName } from "../../lifecycle/record/checkpoint-list.ts";
import { decode } from "../../lifecycle/record/record.ts";
import { describeValue } from "../../simulation/messages.ts";
import type { Endpoint } from "../context.ts";
import { command, readsBody } from "../waiting/command.ts";
import { requireTest } from "./test.ts";

/** How a request becomes a command. */
export const readCheckpointCommands = {
  make: readsBody("checkpoint", (body) => readName("The field name", body.name)),
  restore: readsBody("restore", (body) => readName("The field checkpoint", body.checkpoint)),
  delete: readsBody("delete_checkpoint", (_body, { params }) => readName("The name", params.name)),
};

export const makeCheckpoint = command(readCheckpointCommands.make);
export const restore = command(readCheckpointCommands.restore);
export const deleteCheckpoint = command(readCheckpointCommands.delete);

export const checkpoints: Endpoint = async (request, context) => {
  const test = await requireTest(request, context, ["checkpoints"]);
  const payload = decode(test, "checkpoints").map(describeCheckpoint);
  return envelope(200, "The checkpoints of the test, oldest first.", JSON.stringify(payload));
};

function readName(what: string, name: unknown): Read<CheckpointParams> {
  if (isCheckpointName(name)) return { ok: true, params: { name } };
  return { ok: false, message: `${what} is ${describeValue(name)}. A checkpoint's name has ${CHECKPOINT_NAMES}.` };
}
