import { handler } from "../../../functions/emulator/handler.ts";
import type { EmulatorRequest } from "../../../functions/emulator/protocol.ts";

/** The emulator function in a process of its own, as an instance is: answers the requests that its parent sends it. */
process.on("message", (request: EmulatorRequest) => {
  void handler(request).then(
    (reply) => process.send?.(reply),
    (error: unknown) => process.send?.({ thrown: String(error) }),
  );
});
