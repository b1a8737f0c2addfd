/** What Python's `str.strip()` takes for blank; unlike JavaScript's `\s`, no byte order mark. */
const BLANKS = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*";
const OUTER_BLANKS = new RegExp(`^${BLANKS}|${BLANKS}$`, "g");

const DIGITS = "[0-9](?:_?[0-9])*";
const DECIMAL = new RegExp(`^[+-]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?$`);
const NOT_FINITE = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i;

const ANY_DIGIT = /\p{Nd}/u;
const OTHER_DIGITS = /(?![0-9])\p{Nd}/gu;

/** Longer strings are no numbers that anybody means; refusing them bounds the work. */
const MAX_LENGTH = 1000;

/**
 * Reads a number as the clients of the service write them: a JSON number as it is, or a string that Python's `float()`
 * reads (`"1e3"`, `" -inf "`, `"nan"`, `"1_000"`, `".5"`, digits of any script; not `""`, `"0x10"` or `"5*60"`).
 * Whatever else (booleans, null, lists, …) is `undefined`. The result may be infinite, NaN or −0: callers decide.
 */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.length > MAX_LENGTH) return undefined;
  const text = value.replace(OUTER_BLANKS, "").replace(OTHER_DIGITS, asciiDigit);
  if (DECIMAL.test(text)) return Number(text.replaceAll("_", ""));
  const special = NOT_FINITE.exec(text);
  if (special === null) return undefined;
  if (special[2] === undefined) return Number.NaN;
  return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Unicode keeps the decimal digits of every script in runs of ten, zero first: the place in the run is the value. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = code;
  while (ANY_DIGIT.test(String.fromCodePoint(before - 1))) before--;
  return String((code - before) % 10);
}
