/** Node.js calls its SQLite experimental when it is first loaded; nobody who starts the stack needs to know. */
const { emitWarning } = process;
process.emitWarning = () => {};
export const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
process.emitWarning = emitWarning;
