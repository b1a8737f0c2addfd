import { readSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { encodeSamples } from "../simulation/samples.ts";
import { confine } from "./confinement/confine.ts";
import { CvodeError } from "./cvode/cvode.ts";
import { bufferOutputByLine } from "./fmi/c-library.ts";
import { LogBudget } from "./fmi/log-budget.ts";
import { LoadError, ModelError } from "./fmi/status.ts";
import {
  encodeFrame,
  type Frame,
  FrameReader,
  ORDER_LIMITS,
  type Order,
  REPORT_LIMITS,
  type Report,
} from "./frames.ts";
import { LONGEST_LINE } from "./lines.ts";
import { type Advanced, LiveModel } from "./live-model.ts";

/**
 * The process of one model: native code of a stranger. It is told what to do on descriptor 3 and answers on descriptor 4,
 * so that nothing that the model prints gets in between; it ends when nobody is there to tell it anything any more.
 */
const [ORDERS, REPORTS] = [3, 4];
const PIECE_BYTES = 1 << 16;
const LONGEST_MESSAGE = 4000;

function report(head: Report, bytes?: Uint8Array): void {
  const frame = encodeFrame(head, bytes);
  for (let sent = 0; sent < frame.length; ) sent += retry(() => writeSync(REPORTS, frame, sent));
}

function* orders(): Generator<Frame<Order>> {
  const reader = new FrameReader<Order>(ORDER_LIMITS);
  for (;;) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const length = retry(() => readSync(ORDERS, piece));
    if (length === 0) return;
    yield* reader.add(piece.subarray(0, length));
  }
}

/** Arguments: the unpacked package, a folder of the model's own, and the memory that it may have (bytes). */
function main(): void {
  const [folder = "", scratch = "", memory = ""] = process.argv.slice(2);
  const room = { package: folder, scratch, memory: Number(memory) };
  const confinement = confine(fileURLToPath(import.meta.url), room, REPORTS + 1);
  bufferOutputByLine();
  const log = new LogBudget((line) => report({ kind: "log", line: line.slice(0, LONGEST_LINE) }));
  let live: LiveModel | undefined;
  for (const { head, bytes } of orders()) {
    const startedAt = performance.now();
    try {
      if (head.kind === "load") {
        live = new LiveModel(head.model, head.files, log);
        log.end();
        report({ kind: "loaded", confinement });
        continue;
      }
      if (live === undefined) throw new Error("no model is loaded");
      if (head.kind === "replay") {
        const { budgetMs } = head;
        // One interval at least, so that it comes to its end however little time there is.
        let isFirst = true;
        const isTimeUp = () => {
          if (!isFirst) return performance.now() - startedAt > budgetMs;
          isFirst = false;
          return false;
        };
        const intervals = live.replay(bytes, isTimeUp);
        log.end();
        report({ kind: "replayed", intervals });
        continue;
      }
      const advanced = carryOut(live, head, bytes);
      log.end();
      done(advanced, startedAt);
    } catch (error) {
      log.end();
      const failure = error instanceof LoadError ? "load" : "model";
      const isKnown = error instanceof LoadError || error instanceof ModelError || error instanceof CvodeError;
      const message = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_MESSAGE);
      report({ kind: "failed", failure, message: isKnown ? message : `unexpectedly: ${message}` });
    }
  }
}

function carryOut(live: LiveModel, order: Exclude<Order, { kind: "load" | "replay" }>, state: Uint8Array): Advanced {
  if (order.kind === "initialize") return live.initialize(order.time);
  if (state.length > 0) {
    live.restore(state);
    report({ kind: "restored" });
  }
  const { inputs, grid, from, to } = order;
  return live.advance(inputs, grid, from, to);
}

function done({ state, samples }: Advanced, startedAt: number): void {
  const packed = gzipSync(encodeSamples(samples), { level: 2 });
  const bytes = state.length + packed.length;
  if (bytes > REPORT_LIMITS.bytes)
    throw new ModelError(`its state and samples are too large: ${bytes} bytes, compressed`);
  const computeMs = performance.now() - startedAt;
  report({ kind: "done", stateBytes: state.length, computeMs }, Buffer.concat([state, packed]));
}

/** Descriptors may be non-blocking, whatever the parent made them. */
function retry(act: () => number): number {
  for (;;) {
    try {
      return act();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

main();
process.exit();
