import { ENV } from "../../../functions/platform/environment.ts";

/** Times of the service, ms: shorter than the real ones, so that minutes are enough. */
const LEASE_MS = 1000;
const GRACE_MS = 1000;
/** The most by which a process' clock is wrong. */
export const SKEW_MS = 1500;
export const SWEEP_SECONDS = 10;

/** The functions' environment in a run. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import=${new URL("clock.ts", import.meta.url).href}`,
  CLOCK_SKEW_MS: String(SKEW_MS),
  [ENV.leaseMs]: String(LEASE_MS),
  [ENV.doorbellGraceMs]: String(GRACE_MS),
  [ENV.waitMs]: "2000",
  // Some steps of days are too long for one invocation: see LONGEST_SECONDS.
  [ENV.computeMs]: "60",
  // Some rollouts are too large for the api.
  [ENV.rolloutMs]: "1",
  // The housekeeping goes by what is named and who is at work, not by how old things are.
  [ENV.orphanGraceMs]: "0",
};
