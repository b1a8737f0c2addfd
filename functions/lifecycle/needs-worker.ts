/** The command needs something that only a worker may do. It is left to one, as if it had not begun. */
export class NeedsWorker extends Error {
  override readonly name = "NeedsWorker";
}
