/** Inputs and step of every part of the bench that advances tests. */
export const INPUTS = { oveAct_u: 500, oveAct_activate: 1 };
export const STEP_SECONDS = 3600;
/** Headers of a call that goes through the queue to a worker; without them the api carries the call out at once. */
export const QUEUED = { prefer: "respond-async, wait=20" };
