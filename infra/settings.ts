import type { Node } from "constructs";
import { defaultWorkers, FEWEST_WORKERS, misfit, SMALLEST_ACCOUNT } from "./concurrency.ts";
import { Problem } from "./programs/problem.ts";

/**
 * How many functions an account may run at the same time, where nobody says: AWS' documented default. New accounts often
 * have 10. A template cannot know that, so `npm run deploy` asks the account.
 */
const ACCOUNT_CONCURRENCY = 1000;

/** What a deployment can be told, each by `-c name=value`. */
export interface Settings {
  /** Names the stack, `boptest-<stage>`: several stand beside each other in one account. */
  readonly stage: string;
  /** Whether the bucket stays when the stack is removed. */
  readonly keepData: boolean;
  /** How many functions the account may run at the same time, those of this stack and all others. */
  readonly accountConcurrency: number;
  /** How many tests are worked on at the same time, at most. */
  readonly workers: number;
  /** Compiled models that are run at the same time, at most, set aside for them; as many as workers ask for if left out. */
  readonly emulators: number | undefined;
  /** Requests per second that the API lets through in the long run, and at once. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** Who is told of alarms; an address that must be confirmed once. */
  readonly alarmEmail: string | undefined;
  /** A name of one's own for the API, with the ARN of a certificate for it in the same region. */
  readonly domain: { readonly name: string; readonly certificateArn: string } | undefined;
}

/** Something is wrong with what was given by `-c`. */
export class SettingsError extends Problem {
  override readonly name: string = "SettingsError";
}

/** Reads and checks the context. @throws SettingsError also if the account is too small for what is asked for */
export function readSettings(node: Pick<Node, "tryGetContext">): Settings {
  const text = (name: string): string | undefined => {
    const value: unknown = node.tryGetContext(name);
    return value === undefined || value === "" ? undefined : String(value);
  };
  const whole = (name: string, byDefault: number, [lowest, highest]: readonly [number, number]): number => {
    const value = Number(text(name) ?? byDefault);
    if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
    throw new SettingsError(`-c ${name} must be a whole number from ${lowest} to ${highest}`);
  };
  const yes = (name: string): boolean => {
    const value = text(name) ?? "false";
    if (value === "true" || value === "false") return value === "true";
    throw new SettingsError(`-c ${name} must be true or false`);
  };

  const stage = text("stage") ?? "dev";
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(stage)) {
    throw new SettingsError("-c stage must be 1 to 20 of a-z 0-9 -, a letter first");
  }
  const [name, certificateArn] = [text("domainName"), text("certificateArn")];
  if ((name === undefined) !== (certificateArn === undefined)) {
    throw new SettingsError("-c domainName and -c certificateArn must be given together");
  }
  const accountConcurrency = whole("accountConcurrency", ACCOUNT_CONCURRENCY, [SMALLEST_ACCOUNT, 1_000_000]);
  const load = {
    // Lambda's own limits for an event source.
    workers: whole("workers", defaultWorkers(accountConcurrency), [FEWEST_WORKERS, 1000]),
    emulators: text("emulators") === undefined ? undefined : whole("emulators", 0, [1, 1000]),
  };
  const tooSmall = misfit(load, { concurrency: accountConcurrency, reserved: 0 });
  if (tooSmall !== undefined) {
    throw new SettingsError(`${tooSmall} If the account has more, say so: -c accountConcurrency=N.`);
  }
  return {
    stage,
    keepData: yes("keepData"),
    accountConcurrency,
    ...load,
    requestsPerSecond: whole("requestsPerSecond", 500, [1, 10_000]),
    burst: whole("burst", 1000, [1, 5000]),
    alarmEmail: text("alarmEmail"),
    domain: name !== undefined && certificateArn !== undefined ? { name, certificateArn } : undefined,
  };
}
