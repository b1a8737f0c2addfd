/** Lambda refuses to reserve executions for one function if fewer than this are left for those that reserve none. */
const KEPT_UNRESERVED = 100;

/** For all but workers and their models: three calls of the api, the sweeper, intake, and the model that intake tries. */
const REST = 6;

/** Whoever wants more workers than this has to say so, however large the account is. */
const DEFAULT_WORKERS = 50;

/** Lambda's least maximum of an SQS event source. */
export const FEWEST_WORKERS = 2;

/** The smallest account that the service fits into. It is what AWS gives to a new account. */
export const SMALLEST_ACCOUNT = 2 * FEWEST_WORKERS + REST;

/** What a deployment wants to run at the same time, at most. */
export interface Load {
  readonly workers: number;
  /** Compiled models, if executions are reserved for them. Otherwise each worker may run one. */
  readonly emulators: number | undefined;
}

/** What an account lets run at the same time, in one region. */
export interface Account {
  /** Its limit, "concurrent executions". */
  readonly concurrency: number;
  /** How many of them are reserved for functions of others. */
  readonly reserved: number;
}

/**
 * A fifth of the account, 50 at most. Each worker may wait for a compiled model, which takes a second fifth: the rest is
 * for the api, whose calls hold an execution while they wait.
 */
export function defaultWorkers(concurrency: number): number {
  return Math.max(FEWEST_WORKERS, Math.min(DEFAULT_WORKERS, Math.floor(concurrency / 5)));
}

/** What runs at the same time, at most, in words. */
export function describeLoad({ workers, emulators }: Load): string {
  return `${workers} workers, ${emulators ?? workers} compiled models and ${REST} for the api and all others`;
}

/**
 * Whether an account is large enough.
 * @returns undefined if it is; otherwise a sentence on what does not fit, and one on what can be done
 */
export function misfit(load: Load, { concurrency, reserved }: Account): string | undefined {
  const { workers, emulators } = load;
  const free = concurrency - reserved;
  const others = reserved > 0 ? `, ${reserved} of them reserved for other functions` : "";
  const account = `the account's ${concurrency} concurrent executions${others}`;
  const askForMore = 'ask AWS for more (Service Quotas, AWS Lambda, "Concurrent executions")';
  if (emulators !== undefined && free - emulators < KEPT_UNRESERVED) {
    const most = free - KEPT_UNRESERVED;
    return (
      `-c emulators=${emulators} cannot be reserved from ${account}: Lambda keeps ${KEPT_UNRESERVED} unreserved. ` +
      `${most > 0 ? `Set -c emulators to ${most} at most` : "Leave -c emulators out"}, or ${askForMore}.`
    );
  }
  const sum = workers + (emulators ?? workers) + REST;
  if (sum <= free) return undefined;
  const mostWorkers = emulators === undefined ? Math.floor((free - REST) / 2) : free - REST - emulators;
  const remedy =
    mostWorkers < FEWEST_WORKERS
      ? `The service needs ${SMALLEST_ACCOUNT} at least: ${askForMore}`
      : `Set -c accountConcurrency=${free}, and -c workers to ${mostWorkers} at most, or leave -c workers out; or ${askForMore}`;
  return `${describeLoad(load)} are ${sum} at the same time, which do not fit into ${account}. ${remedy}.`;
}
