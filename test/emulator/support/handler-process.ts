import { handler } from "../../../functions/emulator/handler.ts";
import { hideFromOthers } from "../../../functions/emulator/native.ts";
import type { EmulatorRequest } from "../../../functions/emulator/protocol.ts";

/**
 * The emulator function in a process of its own, as an instance is: answers the requests that its parent sends it, and
 * "dumpable" with whether others of the same user may look into it.
 */
process.on("message", (request: EmulatorRequest | "dumpable") => {
  if (request === "dumpable") {
    process.send?.(hideFromOthers());
    return;
  }
  void handler(request).then(
    (reply) => process.send?.(reply),
    (error: unknown) => process.send?.({ thrown: String(error) }),
  );
});
