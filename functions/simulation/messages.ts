/** Characters of a client's value in a message: enough to recognize it, and the message stays short. */
const MAX_VALUE_LENGTH = 100;

/** A client's value as JSON, for a message: of limited length; "missing" for a field that is not there. Never throws. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "number") return String(value);
  let text: string;
  try {
    text = JSON.stringify(typeof value === "string" ? value.slice(0, MAX_VALUE_LENGTH) : value) ?? String(value);
  } catch {
    return `of type ${typeof value}`;
  }
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}

/** Names that a message repeats. It gives the number of the others. */
const MAX_NAMES = 20;
/** Limit of the names in a message that should repeat all of them, bytes of JSON. */
const MAX_EACH_BYTES = 5000;
/** A large building has about this many inputs. A client that mistyped one should see them all. */
const MAX_ALLOWED = 60;

/** Names for a message, quoted and separated by commas: the first ones, and the number of the others. */
export function describeNames(names: readonly string[]): string {
  return listNames(names, MAX_NAMES);
}

/** All of a client's names, each once, as the API's contract demands; cut only beyond what a mistake can contain. */
export function describeEach(names: readonly string[]): string {
  const each = [...new Set(names)];
  let room = MAX_EACH_BYTES;
  const fitting = each.findIndex((name) => {
    room -= Buffer.byteLength(JSON.stringify(describeValue(name)));
    return room < 0;
  });
  return listNames(each, fitting < 0 ? each.length : fitting);
}

/** The names that a client may use: like `describeNames`, but more of them, because these names are short. */
export function describeAllowed(names: readonly string[]): string {
  return listNames(names, MAX_ALLOWED);
}

function listNames(names: readonly string[], most: number): string {
  const listed = names.slice(0, most).map(describeValue).join(", ");
  const others = names.length - most;
  return others > 0 ? `${listed} and ${others.toLocaleString("en-US")} more` : listed;
}
