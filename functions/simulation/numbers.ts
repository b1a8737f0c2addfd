/** The characters that Python's `str.strip()` removes. Unlike JavaScript's `\s`, they exclude the byte order mark. */
const BLANKS = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*";
const OUTER_BLANKS = new RegExp(`^${BLANKS}|${BLANKS}$`, "g");

const DIGITS = "[0-9](?:_?[0-9])*";
const DECIMAL = new RegExp(`^[+-]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?$`);
const NOT_FINITE = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i;

const ANY_DIGIT = /\p{Nd}/u;
const OTHER_DIGITS = /(?![0-9])\p{Nd}/gu;

/** Longer strings are refused, to limit the work. */
const MAX_LENGTH = 1000;

/**
 * Reads a number as clients of BOPTEST write it: a JSON number, or a string that Python's `float()` reads (`"1e3"`, `"
 * -inf "`, `"nan"`, `"1_000"`, `".5"`, digits of any script; not `""`, `"0x10"` or `"5*60"`). Anything else (booleans,
 * null, lists, …) gives `undefined`. The result may be infinite, NaN or −0; the caller must check.
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

/** Unicode has the decimal digits of each script in a run of ten, zero first: the position in the run is the value. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = code;
  while (ANY_DIGIT.test(String.fromCodePoint(before - 1))) before--;
  return String((code - before) % 10);
}
