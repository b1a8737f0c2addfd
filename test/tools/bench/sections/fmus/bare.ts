import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { encodeInitialize, encodeLoad, encodeSimulate } from "../../../../../functions/emulator/orders.ts";
import { unpack } from "../../../../../functions/emulator/unpack.ts";
import { libraryFolder, type Model } from "../../../../../functions/packages/model.ts";
import { findCompiler } from "../../../../../infra/native/compiler.ts";
import { hour } from "../../../../emulator/support/service.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const HOST = fileURLToPath(new URL("../../../../../infra/native/host", import.meta.url));
const SOURCES = "frames model instance fmi2 fmi3 co_simulation model_exchange cvode integrand course log".split(" ");
const OPTIONS = ["-std=gnu17", "-D_GNU_SOURCE", "-O2", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"];
const WANTED = { samples: true, capture: null } as const;

/** Compiles `bare.c` into a folder. @returns the program */
export function compileBare(folder: string): string {
  const program = join(folder, "bare");
  const files = [join(HERE, "bare.c"), ...SOURCES.map((name) => join(HOST, `${name}.c`))];
  execFileSync(findCompiler(), [...OPTIONS, `-I${HOST}`, "-o", program, ...files, "-ldl", "-lm"], { timeout: 60_000 });
  return program;
}

/** A model in a bare C loop: what it takes by itself. Its steps are of an hour, without inputs. */
export class BareLoop {
  readonly pid: number;
  /** What it took to load and to initialize it, ms. */
  readonly firstMs: number;
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #folder: string;
  /** Hours. */
  #done = 0;

  private constructor(child: ChildProcess, answers: AsyncIterator<string>, folder: string, firstMs: number) {
    this.pid = child.pid ?? 0;
    this.firstMs = firstMs;
    this.#child = child;
    this.#answers = answers;
    this.#folder = folder;
  }

  /** @param time when the model is initialized, s */
  static async start(program: string, file: string, model: Model, time = 0): Promise<BareLoop> {
    const folder = mkdtempSync(join(tmpdir(), "boptest-bare-"));
    const unpacked = join(folder, "package");
    mkdirSync(join(unpacked, "resources"), { recursive: true });
    await unpack(file, unpacked, AbortSignal.timeout(30_000));
    const library = join(unpacked, libraryFolder(model), `${model.identifier}.so`);
    const grid = { ...hour(0), start: time };
    const inputs = model.inputs.map(({ start }) => start ?? 0);
    const step = { grid, inputs, from: 0, to: grid.intervals, restedAt: null };
    const orders = join(folder, "orders");
    writeFileSync(
      orders,
      Buffer.concat([
        encodeLoad(model, { library, resources: join(unpacked, "resources") }),
        encodeInitialize(time, WANTED, false),
        encodeSimulate(step, WANTED, Number.POSITIVE_INFINITY),
      ]),
    );
    // Descriptors 3 and 4: its orders, and what it answers to them.
    const given = [openSync(orders, "r"), openSync("/dev/null", "w")] as const;
    const child = spawn(program, [unpacked], { stdio: ["pipe", "pipe", "inherit", ...given] });
    for (const each of given) closeSync(each);
    if (child.stdout === null) throw new Error("the bare loop has no output");
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new BareLoop(child, answers, folder, await next(answers));
  }

  /** Takes `count` steps, from where it is: a model may not go back, nor leave out an hour. @returns what each took, ms */
  async steps(count: number): Promise<number> {
    this.#child.stdin?.write(`${this.#done} ${count}\n`);
    this.#done += count;
    return (await next(this.#answers)) / count;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.kill("SIGKILL");
    if (this.#child.exitCode === null) await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The next answer, ns, as ms. @throws Error if the model has ended */
async function next(answers: AsyncIterator<string>): Promise<number> {
  const { value, done } = await answers.next();
  if (done) throw new Error("the model in the bare loop has ended");
  return Number(value) / 1e6;
}
