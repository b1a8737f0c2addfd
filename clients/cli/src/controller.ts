import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Inputs, Points } from "../../typescript/src/index.ts";
import { NODE_DRIVER, PYTHON_DRIVER } from "./drivers.ts";
import { EXIT, Problem } from "./session.ts";

interface Answer {
  readonly inputs?: unknown;
  readonly error?: string;
  readonly line?: number | null;
  /** The controller's file was read, and defines no function `control`. */
  readonly lacksControl?: boolean;
}

/** The user's controller, in a process of its own: after every failure of it, the loop can still stop its test. */
export class Controller {
  readonly #file: string;
  readonly #limitSeconds: number;
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  /** @param limitSeconds time limit of one step */
  constructor(file: string, limitSeconds: number) {
    if (!existsSync(file)) throw new Problem(`Controller not found: ${file}`, EXIT.usage);
    const isPython = file.endsWith(".py");
    if (!isPython && !/\.m?js$/.test(file)) throw new Problem(`${file} is neither .py nor .mjs`, EXIT.usage);
    this.#file = file;
    this.#limitSeconds = limitSeconds;
    const [program, args] = isPython
      ? [process.env.PYTHON ?? "python3", ["-c", PYTHON_DRIVER, file]]
      : [process.execPath, ["--input-type=module", "-e", NODE_DRIVER, file]];
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.on("error", () => undefined);
    this.#child.stdin?.on("error", () => undefined);
    if (this.#child.stdout === null) throw new Problem("The controller has no output");
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The inputs for the next step. @throws Problem that names the controller's line */
  async inputs(points: Points): Promise<Inputs> {
    this.#child.stdin?.write(`${JSON.stringify(points)}\n`);
    const answer = await this.#answer(points.time);
    if (answer.lacksControl) throw new Problem(`${this.#file} defines no function control(points)`, EXIT.controller);
    const at = answer.line == null ? this.#lineOfControl() : `${this.#file}, line ${answer.line}`;
    if (answer.error !== undefined) throw new Problem(`${at}: at ${points.time} s: ${answer.error}`, EXIT.controller);
    const inputs = answer.inputs ?? {};
    const isObject = typeof inputs === "object" && !Array.isArray(inputs);
    const isGood = (value: unknown) => ["number", "string", "boolean"].includes(typeof value) || value === null;
    if (!isObject || !Object.values(inputs).every(isGood)) {
      const got = JSON.stringify(answer.inputs).slice(0, 100);
      throw new Problem(`${at}: control answered ${got}, and not inputs by name`, EXIT.controller);
    }
    return inputs as Inputs;
  }

  /** The place that the message of a refusal names. */
  where = () => this.#lineOfControl();

  close(): void {
    this.#child.kill("SIGKILL");
  }

  async #answer(time: number): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), this.#limitSeconds * 1000);
    });
    const next = await Promise.race([this.#answers.next(), late]);
    clearTimeout(timer);
    if (next === "late") {
      const what = `control did not answer within ${this.#limitSeconds} s, at ${time} s (--controller-seconds)`;
      throw new Problem(`${this.#lineOfControl()}: ${what}`, EXIT.controller);
    }
    if (next.done) throw new Problem(`${this.#file}: the controller's process ended, at ${time} s`, EXIT.controller);
    return JSON.parse(next.value) as Answer;
  }

  #lineOfControl(): string {
    const lines = readFileSync(this.#file, "utf8").split("\n");
    const line = lines.findIndex((text) => /\bcontrol\b|export default/.test(text) && /def |function|=>|=/.test(text));
    return line < 0 ? this.#file : `${this.#file}, line ${line + 1}`;
  }
}
