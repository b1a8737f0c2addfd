/** A command as the client sends it. */
export interface SentCommand {
  readonly method: string;
  readonly params: unknown;
  /** How many steps of the test it simulates, if more than one. */
  readonly steps?: number;
  /** The time that it simulates otherwise, s; infinite where only the test case tells. */
  readonly seconds?: number;
}
