/** A test's interceptor returns this to cut a client's connection without an answer. */
export const CUT = Symbol("cut");
export type Cut = typeof CUT;
