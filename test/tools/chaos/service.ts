import type { Patience } from "./patience.ts";
import type { SetBacks } from "./set-backs.ts";

/** The service's address, and the client's way of waiting. */
export interface Service {
  readonly url: string;
  readonly patience: Patience;
  readonly setBacks: SetBacks;
  /** Counts what clients do, for the report. */
  readonly tally: (what: Tallied, count?: number) => void;
}

export type Tallied = "calls" | "batch" | "socket" | "runs" | "comebacks";
