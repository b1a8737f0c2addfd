/** What every part of the bench that advances tests sends, and by how much they advance. */
export const INPUTS = { oveAct_u: 500, oveAct_activate: 1 };
export const STEP_SECONDS = 3600;
