import { HttpError } from "./errors.ts";

/** Fields of one body. An advance has one field for each input, and no test case has more points. */
export const MAX_FIELDS = 2000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a request's body as fields: JSON, in which Python's bare `Infinity`, `-Infinity` and `NaN` may stand, or
 * form-encoded, where every value is a string. A missing body is `{}`.
 *
 * @throws HttpError 400 if it is neither
 */
export function readFields(text: string, contentType: string | undefined): Fields {
  if (text.trim() === "") return {};
  if (isForm(contentType, text)) return readForm(text);
  const value = readJson(text);
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new HttpError(400, 'The body must be a JSON object, such as {"step": 3600}.');
  }
  requireFewFields(Object.keys(value).length);
  return withLists(value as Fields);
}

/** A body with more fields is a mistake, and checking each of them would take seconds. @throws HttpError 400 */
function requireFewFields(count: number): void {
  if (count <= MAX_FIELDS) return;
  throw new HttpError(400, `The body has ${count} fields. At most ${MAX_FIELDS} are allowed.`);
}

/** A field that is a list may have a single name instead: a list of one. */
function withLists(fields: Fields): Fields {
  const single = [...LIST_FIELDS].filter((name) => Object.hasOwn(fields, name) && typeof fields[name] === "string");
  return single.length === 0
    ? fields
    : { ...fields, ...Object.fromEntries(single.map((name) => [name, [fields[name]]])) };
}

/** Reads a body that is a JSON list; undefined for another body. @throws HttpError 400 for a list that is no valid JSON */
export function readList(text: string, contentType: string | undefined): readonly unknown[] | undefined {
  if (isForm(contentType, text) || !text.trimStart().startsWith("[")) return undefined;
  const value = readJson(text);
  return Array.isArray(value) ? value : undefined;
}

/** Whether the body is form-encoded. `curl -d` declares every body as a form, JSON too, unless told otherwise. */
function isForm(contentType: string | undefined, text: string): boolean {
  return (
    (contentType?.toLowerCase().startsWith("application/x-www-form-urlencoded") ?? false) && !/^\s*[{[]/.test(text)
  );
}

/** Fields that are lists of names. A form repeats their name, or writes `[]` behind it. */
const LIST_FIELDS = new Set(["point_names"]);

function readForm(text: string): Fields {
  const fields = new Map<string, string | string[]>();
  const sentFields = new URLSearchParams(text);
  requireFewFields(sentFields.size);
  for (const [sent, value] of sentFields) {
    const name = sent.endsWith("[]") && LIST_FIELDS.has(sent.slice(0, -2)) ? sent.slice(0, -2) : sent;
    const before = fields.get(name);
    if (!LIST_FIELDS.has(name)) fields.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else fields.set(name, [value]);
  }
  return Object.fromEntries(fields);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return readPythonJson(text);
  }
}

/**
 * A JSON string, which stays as it is, or one of the bare words that only Python writes. A string without an end matches
 * up to the end of the text: trying again from each quote would take hours for a body of quotes.
 */
const STRING_OR_WORD = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|-?\bInfinity\b|\bNaN\b/g;

/** Python's words become strings: every field that accepts a number accepts a string of one. */
function readPythonJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(STRING_OR_WORD, (found) => (found.startsWith('"') ? found : `"${found}"`)));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/ in JSON at .*| is not valid JSON/, "") : "";
    throw new HttpError(400, `The body is not valid JSON: ${reason.slice(0, 120)}`);
  }
}
