import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { type Frame, FrameReader, REPORT_LIMITS } from "../../../functions/emulator/frames.ts";
import { encodeLoad, type ModelFiles } from "../../../functions/emulator/orders.ts";
import { unpack } from "../../../functions/emulator/unpack.ts";
import { libraryFolder, type Model } from "../../../functions/packages/model.ts";

/** What a host said, up to its end, and the files that its model has left. */
export interface HostRun {
  readonly frames: readonly Frame[];
  readonly made: readonly string[];
}

/**
 * A host without the service around it: loads a model, and carries out orders. In folders of its own.
 *
 * @param options.environment all of its environment
 * @param options.libraries folders that its model may read, besides its package
 * @param options.within where its folders are made
 */
export async function runHost(
  program: string,
  fmu: { readonly file: string; readonly model: Model },
  orders: readonly Buffer[],
  options: {
    readonly environment?: Record<string, string>;
    readonly libraries?: readonly string[];
    readonly within?: string;
  } = {},
): Promise<HostRun> {
  const { environment = {}, libraries = [], within = tmpdir() } = options;
  const folder = mkdtempSync(join(within, "boptest-host-run-"));
  try {
    const [files, scratch] = [join(folder, "files"), join(folder, "scratch")];
    for (const each of [files, scratch]) mkdirSync(each);
    await unpack(fmu.file, files, AbortSignal.timeout(30_000));
    const child = spawn(program, [files, scratch, String(2 ** 29), ...libraries.filter((each) => existsSync(each))], {
      env: environment,
      cwd: scratch,
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    const closed = once(child, "close");
    const { identifier } = fmu.model;
    const where: ModelFiles = {
      library: join(files, libraryFolder(fmu.model), `${identifier}.so`),
      resources: join(files, "resources"),
    };
    (child.stdio[3] as Writable).end(Buffer.concat([encodeLoad(fmu.model, where), ...orders]));
    const reader = new FrameReader(REPORT_LIMITS);
    const frames: Frame[] = [];
    for await (const piece of child.stdio[4] as Readable) frames.push(...reader.add(piece as Buffer));
    await closed;
    return { frames, made: readdirSync(scratch) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
