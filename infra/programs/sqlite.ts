/** Node.js warns that SQLite is experimental when it is first loaded. The warning is of no use to users. */
const { emitWarning } = process;
process.emitWarning = () => {};
export const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
process.emitWarning = emitWarning;
