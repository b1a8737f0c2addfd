/** The command needs something that only a worker may do. It is left to one, as if it had not begun. */
export class NeedsWorker extends Error {
  override readonly name = "NeedsWorker";
}

/** A port that throws NeedsWorker from all methods except the given ones. */
export function onlyThese<Port extends object>(given: Partial<Port>): Port {
  const refuse = () => {
    throw new NeedsWorker();
  };
  return new Proxy(given as Port, { get: (methods, name) => Reflect.get(methods, name) ?? refuse });
}
