/** The name of the uploaded test case. Its model keeps memory outside its state, so that it is replayed. */
export const FORGETFUL = "forgetful";
