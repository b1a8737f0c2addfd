/** What a test returns to have a client's connection cut without an answer. */
export const CUT = Symbol("cut");
export type Cut = typeof CUT;
