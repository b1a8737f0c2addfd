/** Lambda keeps this many executions for functions without a reservation, and refuses larger reservations. */
const KEPT_UNRESERVED = 100;

/** Executions beside workers and their models: three calls of the api, the sweeper, intake, and the model that intake tries. */
const REST = 6;

/** A deployment with more workers must set their number, however large the account is. */
const DEFAULT_WORKERS = 50;

/** The smallest maximum concurrency that Lambda allows for an SQS event source. */
export const FEWEST_WORKERS = 2;

/** The smallest account in which the service fits: the quota of a new account. */
export const SMALLEST_ACCOUNT = 2 * FEWEST_WORKERS + REST;

/** The largest number of simultaneous executions of a deployment. */
export interface Load {
  readonly workers: number;
  /** Compiled models with a reservation. Without one, each worker may run a model. */
  readonly emulators: number | undefined;
}

/** The executions of an account in one region. */
export interface Account {
  /** Its quota "concurrent executions". */
  readonly concurrency: number;
  /** The part of it that is reserved for functions of other stacks. */
  readonly reserved: number;
}

/**
 * A fifth of the account, 50 at most. Each worker may wait for a compiled model, which takes a second fifth. The rest is
 * for the api, because a waiting call occupies an execution.
 */
export function defaultWorkers(concurrency: number): number {
  return Math.max(FEWEST_WORKERS, Math.min(DEFAULT_WORKERS, Math.floor(concurrency / 5)));
}

/** The largest number of simultaneous executions, as a sentence part. */
export function describeLoad({ workers, emulators }: Load): string {
  return `${workers} workers, ${emulators ?? workers} compiled models and ${REST} for the api and all others`;
}

/**
 * Whether an account is large enough.
 * @returns undefined if it is; otherwise a sentence about the shortage, and one about the remedy
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
