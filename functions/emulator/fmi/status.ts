/** FMI 2.0, section 2.1.3. */
export const STATUS = ["fmi2OK", "fmi2Warning", "fmi2Discard", "fmi2Error", "fmi2Fatal", "fmi2Pending"] as const;
export type Status = (typeof STATUS)[number];

/** The model refused or failed: it is of no use any more, but for fmi2Discard. */
export class ModelError extends Error {
  readonly status: Status;

  constructor(message: string, status: Status = "fmi2Error") {
    super(message);
    this.name = "ModelError";
    this.status = status;
  }
}

/** The library cannot be used at all: a dependency that is missing, a function that is not there, another platform. */
export class LoadError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LoadError";
  }
}

/** What a function of the model returned. A number that is no status counts as fmi2Fatal. */
export function statusOf(code: number): Status {
  return STATUS[code] ?? "fmi2Fatal";
}

/**
 * The one place where statuses are judged: fmi2OK and fmi2Warning go on (a warning's words are in the model's log),
 * everything else throws a `ModelError`. Who can deal with fmi2Discard or fmi2Pending looks at the status beforehand.
 */
export function check(code: number, call: string): void {
  const status = statusOf(code);
  if (status === "fmi2OK" || status === "fmi2Warning") return;
  throw new ModelError(`${call} returned ${status}`, status);
}
