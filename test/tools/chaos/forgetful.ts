/** The name of the uploaded test case. Its model keeps memory outside its state, so that its state is an image of it. */
export const FORGETFUL = "forgetful";
