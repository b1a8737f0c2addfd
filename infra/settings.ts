import type { Node } from "constructs";
import { defaultWorkers, FEWEST_WORKERS, misfit, SMALLEST_ACCOUNT } from "./concurrency.ts";
import { Problem } from "./programs/problem.ts";

/**
 * The account's quota of concurrent executions by default: AWS' documented default. New accounts often have 10. A template
 * cannot read the quota, so that `npm run deploy` asks the account.
 */
const ACCOUNT_CONCURRENCY = 1000;

/** The settings of a deployment, each given by `-c name=value`. */
export interface Settings {
  /** Names the stack, `boptest-<stage>`: one account can have several stacks. */
  readonly stage: string;
  /** Whether the bucket stays when the stack is removed. */
  readonly keepData: boolean;
  /** The account's concurrent executions, for this stack and all others. */
  readonly accountConcurrency: number;
  /** The largest number of tests that are computed at the same time. */
  readonly workers: number;
  /** The largest number of compiled models at the same time, reserved for them; undefined: no reservation. */
  readonly emulators: number | undefined;
  /** Requests per second that the API accepts in the long run, and at once. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** Whether the account's API Gateway has a role with which it writes logs: then the WebSocket API writes one. */
  readonly webSocketLogs: boolean;
  /** Address for mail about alarms; its owner must confirm it once. */
  readonly alarmEmail: string | undefined;
  /** The API's own domain name, with the ARN of its certificate in the same region. */
  readonly domain: { readonly name: string; readonly certificateArn: string } | undefined;
}

/** A value of `-c` is wrong. */
export class SettingsError extends Problem {
  override readonly name: string = "SettingsError";
}

/** Reads and checks the context. @throws SettingsError also if the account is too small */
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
    // Lambda's limits for an event source.
    workers: whole("workers", defaultWorkers(accountConcurrency), [FEWEST_WORKERS, 1000]),
    emulators: text("emulators") === undefined ? undefined : whole("emulators", 0, [1, 1000]),
  };
  const tooSmall = misfit(load, { concurrency: accountConcurrency, reserved: 0 });
  if (tooSmall !== undefined) {
    throw new SettingsError(`${tooSmall} If the account has more, set -c accountConcurrency=N.`);
  }
  return {
    stage,
    keepData: yes("keepData"),
    accountConcurrency,
    ...load,
    requestsPerSecond: whole("requestsPerSecond", 500, [1, 10_000]),
    burst: whole("burst", 1000, [1, 5000]),
    webSocketLogs: yes("webSocketLogs"),
    alarmEmail: text("alarmEmail"),
    domain: name !== undefined && certificateArn !== undefined ? { name, certificateArn } : undefined,
  };
}
