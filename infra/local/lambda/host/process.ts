import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { importCompiled } from "./compiled-code.ts";
import { type FromProcess, type FunctionError, type Invoke, MAX_PAYLOAD_BYTES } from "./protocol.ts";
import { originalTrace } from "./trace.ts";

/**
 * Runs one function in its own process, like Lambda's runtime: loads the bundle once, then answers the events from the
 * channel. Its argument is the path of the bundle.
 */
type Handler = (event: unknown, context: unknown) => unknown;

const [, , file = "", name = ""] = process.argv;

// The host has ended, so this process is not needed any more.
process.once("disconnect", () => process.exit());

const compiled = join(import.meta.dirname, "compiled");
const { handler } = (await importCompiled(compiled, pathToFileURL(file).href)) as { handler: Handler };
process.on("message", (message: Invoke) => {
  // Never rejects: each failure is an answer.
  void run(message);
});
send({ kind: "ready" });

async function run({ id, event, deadline }: Invoke): Promise<void> {
  try {
    const payload = JSON.stringify(await handler(event, context(id, deadline)));
    const bytes = payload === undefined ? 0 : Buffer.byteLength(payload);
    if (bytes > MAX_PAYLOAD_BYTES) {
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`;
      send({ kind: "error", id, error: { errorType: "Function.ResponseSizeTooLarge", errorMessage } });
    } else {
      send({ kind: "result", id, ...(payload === undefined ? {} : { payload }) });
    }
  } catch (error) {
    const failure = describe(error);
    process.stdout.write(`${JSON.stringify({ level: "ERROR", requestId: id, ...failure })}\n`);
    send({ kind: "error", id, error: failure });
  }
}

function context(id: string, deadline: number) {
  return {
    functionName: name,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:000000000000:function:${name}`,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: id,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  const trace = error.stack === undefined ? undefined : originalTrace(error.stack, file);
  return { errorType: error.name, errorMessage: error.message, ...(trace ? { trace } : {}) };
}

function send(message: FromProcess): void {
  // The callback ignores the error of a channel that was closed meanwhile: `disconnect` follows and ends the process.
  process.send?.(message, undefined, {}, () => {});
}
