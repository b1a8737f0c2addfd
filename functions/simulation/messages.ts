/** Enough of a client's value to recognize it by; messages must not grow with what they complain about. */
const MAX_VALUE_LENGTH = 100;

/** A client's value, as JSON, for a message: bounded in length, and never throwing. */
export function describeValue(value: unknown): string {
  if (typeof value === "number") return String(value);
  let text: string;
  try {
    text = JSON.stringify(typeof value === "string" ? value.slice(0, MAX_VALUE_LENGTH) : value) ?? String(value);
  } catch {
    return `of type ${typeof value}`;
  }
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}

/** Names that a message repeats; of the others it tells how many there are. */
const MAX_NAMES = 20;
/** What all names of a message may take, where it is to have all of them, bytes of JSON. */
const MAX_EACH_BYTES = 5000;
/** As many as a large building has inputs: whoever mistyped one wants to see them all. */
const MAX_ALLOWED = 60;

/** Names for a message, quoted and separated by commas: the first ones, and how many more there are. */
export function describeNames(names: readonly string[]): string {
  return listNames(names, MAX_NAMES);
}

/** All of a client's names, each once, where the contract wants all of them told: as many as an honest mistake can have. */
export function describeEach(names: readonly string[]): string {
  const each = [...new Set(names)];
  let room = MAX_EACH_BYTES;
  const fitting = each.findIndex((name) => {
    room -= Buffer.byteLength(JSON.stringify(describeValue(name)));
    return room < 0;
  });
  return listNames(each, fitting < 0 ? each.length : fitting);
}

/** The names that a client may use, likewise, but more of them. They are ours, and so short. */
export function describeAllowed(names: readonly string[]): string {
  return listNames(names, MAX_ALLOWED);
}

function listNames(names: readonly string[], most: number): string {
  const listed = names.slice(0, most).map(describeValue).join(", ");
  const others = names.length - most;
  return others > 0 ? `${listed} and ${others.toLocaleString("en-US")} more` : listed;
}
