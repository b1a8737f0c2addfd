import { readArguments, wholeNumber } from "../../../infra/programs/arguments.ts";
import { Problem } from "../../../infra/programs/problem.ts";

export interface ChaosOptions {
  /** The time in which faults happen, s. */
  readonly seconds: number;
  readonly seed: number;
  /** Simultaneous clients, each with one test at a time. */
  readonly clients: number;
  /** Whether some clients control tests of an uploaded model, and emulators are killed, too. This needs a C compiler. */
  readonly withModel: boolean;
  /** Environment of the functions; it overrides the settings of chaos. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Receives the functions' log lines. */
  readonly onLog?: ((name: string, line: string) => void) | undefined;
}

export const USAGE = `npm run chaos -- [options]

Clients control tests on a local cloud of their own while processes, Redis, S3, SQS and clocks fail at random. At the end
each test is compared with a run of the same commands that nothing disturbed. Prints the faults as they come and a
verdict; the exit code is 1 if a promise of the service was broken.

  --minutes M      how long faults happen, 0.05 to 600 (1)
  --seed N         what is drawn: the schedule of faults, the clients' commands (1)
  --clients N      how many there are at once, each with one test at a time (50)
  --no-model       no client uses an uploaded model: for a machine without a C compiler
  --env NAME=VALUE environment of the functions, may be given several times
  --verbose        shows what the functions log as well
  --help           shows this
`;

/** @throws Problem */
export function readOptions(args: string[]): ChaosOptions | "help" {
  const { values } = readArguments({
    args,
    options: {
      minutes: { type: "string" },
      seed: { type: "string" },
      clients: { type: "string" },
      "no-model": { type: "boolean" },
      env: { type: "string", multiple: true },
      verbose: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return "help";
  const minutes = Number(values.minutes ?? 1);
  if (!(minutes >= 0.05 && minutes <= 600)) throw new Problem("--minutes must be a number from 0.05 to 600");
  return {
    seconds: minutes * 60,
    seed: wholeNumber("seed", values.seed, [0, 2 ** 31]) ?? 1,
    clients: wholeNumber("clients", values.clients, [1, 1000]) ?? 50,
    withModel: values["no-model"] !== true,
    environment: Object.fromEntries((values.env ?? []).map(readSetting)),
    onLog: values.verbose ? (name, line) => process.stdout.write(`${name}: ${line}\n`) : undefined,
  };
}

/** The command that repeats the run. */
export function commandOf({ seconds, seed, clients, withModel, environment = {} }: ChaosOptions): string {
  const settings = Object.entries(environment).map(([name, value]) => ` --env ${name}=${value}`);
  return `npm run chaos -- --minutes ${seconds / 60} --seed ${seed} --clients ${clients}${withModel ? "" : " --no-model"}${settings.join("")}`;
}

function readSetting(text: string): [string, string] {
  const [name = "", ...value] = text.split("=");
  if (name === "" || value.length === 0) throw new Problem(`--env must be NAME=VALUE, not "${text}"`);
  return [name, value.join("=")];
}
