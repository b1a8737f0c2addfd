/** What the uploaded test case is called. Its model keeps memory beside its state, so that it has to be replayed. */
export const FORGETFUL = "forgetful";
