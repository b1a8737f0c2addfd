import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { Problem } from "../../../infra/programs/problem.ts";

/** The options of a stress run. */
export interface StressOptions {
  readonly processes: number;
  readonly durationSeconds: number;
  /** A process continues after its time until it has done so many operations, so that a slow machine does enough. */
  readonly operations: number;
  readonly writeProbability: number;
  readonly readSleepSeconds: number;
  readonly writeSleepSeconds: number;
  /** `random`: every create is of a new key. `contended`: all processes create the same few keys at the same time. */
  readonly keys: "random" | "contended";
  /** Bytes. */
  readonly smallest: number;
  readonly largest: number;
  readonly namespace: string;
  /** Each process's memory of objects, bytes: 0, so that reads reach the storage. */
  readonly memoryBytes: number;
  /** The share of each fault in all S3 requests: 500, 503, 409 and no answer in time. */
  readonly faults: number;
  readonly json: boolean;
}

export const USAGE = `npm run cache:stress -- [options]
  --processes N         processes beside this one (6)
  --duration SECONDS    (60)
  --operations N        each process does at least N, however long that takes (0)
  --write-prob P        how often an operation is a create (0.20)
  --read-sleep SECONDS  after each read (0.005)
  --write-sleep SECONDS after each create (0.02)
  --keys MODE           random, or contended: few keys, many creators (random)
  --object-size A..B    bytes (200..4000)
  --namespace NAME      begins with "stress", is emptied before and after (a new one)
  --memory BYTES        what each process keeps in memory (0)
  --faults P            S3 answers 500, 503, 409 and not at all, each so often; local stack only (0)
  --json                the report as JSON

Runs on a local stack of its own, or, where UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN and BUCKET are set, on these.
Ends with 1 if what was stored is not what should be.`;

/** @throws Problem for values that are not allowed */
export function readOptions(args: readonly string[]): StressOptions {
  const { values } = parse(args);
  const number = (name: string, value: string, lowest: number, highest: number, isWhole: boolean) => {
    const read = Number(value);
    if (value.trim() !== "" && read >= lowest && read <= highest && (!isWhole || Number.isInteger(read))) return read;
    throw new Problem(
      `--${name} is "${value}", but must be ${isWhole ? "a whole number" : "a number"} from ${lowest} to ${highest}`,
    );
  };
  const [smallest = "", largest = smallest] = values["object-size"].split("..");
  const options: StressOptions = {
    processes: number("processes", values.processes, 1, 64, true),
    durationSeconds: number("duration", values.duration, 0.1, 86_400, false),
    operations: number("operations", values.operations, 0, 1_000_000, true),
    writeProbability: number("write-prob", values["write-prob"], 0, 1, false),
    readSleepSeconds: number("read-sleep", values["read-sleep"], 0, 60, false),
    writeSleepSeconds: number("write-sleep", values["write-sleep"], 0, 60, false),
    keys: oneOf("keys", values.keys, ["random", "contended"]),
    smallest: number("object-size", smallest, 100, 10_000_000, true),
    largest: number("object-size", largest, 100, 10_000_000, true),
    namespace: values.namespace ?? `stress-${randomBytes(4).toString("hex")}`,
    memoryBytes: number("memory", values.memory, 0, 2 ** 31, true),
    faults: number("faults", values.faults, 0, 0.2, false),
    json: values.json,
  };
  if (!/^stress[a-z0-9-]{0,50}$/.test(options.namespace)) {
    throw new Problem(`--namespace is "${options.namespace}", but must begin with "stress" and go on in a-z 0-9 -`);
  }
  if (options.smallest > options.largest) throw new Problem("--object-size must be A..B with A not above B");
  return options;
}

function parse(args: readonly string[]) {
  const text = (byDefault: string) => ({ type: "string", default: byDefault }) as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        processes: text("6"),
        duration: text("60"),
        operations: text("0"),
        "write-prob": text("0.20"),
        "read-sleep": text("0.005"),
        "write-sleep": text("0.02"),
        keys: text("random"),
        "object-size": text("200..4000"),
        namespace: { type: "string" },
        memory: text("0"),
        faults: text("0"),
        json: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw new Problem(`--${name} is "${value}", but must be ${allowed.join(" or ")}`);
}
