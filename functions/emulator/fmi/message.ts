import koffi from "../native.ts";
import type { Pointer } from "./c-library.ts";

/** The arguments of a variadic call as the x86-64 calling convention passes them: whole numbers and doubles apart. */
export interface VariadicArguments {
  readonly words: readonly (bigint | number)[];
  readonly doubles: readonly number[];
}

const LONGEST = 2000;
const WIDE = ["l", "ll", "q", "z", "j", "t"];
const CONVERSION =
  /%[-+ #0']*(?:\d+|(?<width>\*))?(?:\.(?:(?<precision>\*)|(?<digits>\d*)))?(?<size>hh|ll|[hlLqzjt])?(?<kind>.?)/gsu;

/**
 * A message of a model as a line of text: its format filled in as printf would (without widths, and precisions of numbers),
 * and `##` of FMI 2.0's variable references (section 2.1.5, `#r17#`) made one. Never fails: from the first conversion on
 * of which it is not known where its argument is (a long double, a ninth double, what printf does not know), all stays.
 */
export function formatMessage(format: string, { words, doubles }: VariadicArguments): string {
  let [word, double] = [0, 0];
  let isLost = false;
  const fill = (all: string, { width, precision, digits, size = "", kind = "" }: Partial<Record<string, string>>) => {
    if (all === "%%") return "%";
    if (width !== undefined) word++;
    const longest = precision === undefined ? digits : words[word++];
    const take = isNumber(kind, size) ? doubles[double++] : isWord(kind, size) ? words[word++] : undefined;
    if (take === undefined) return undefined;
    if (typeof take === "number" && isNumber(kind, size)) return String(take);
    return ofWord(BigInt(take), kind, WIDE.includes(size) ? 64 : 32, longest === undefined ? -1 : int(longest));
  };
  const filled = format.replace(CONVERSION, (all, ...rest) => {
    const filledIn = isLost ? undefined : fill(all, rest.at(-1));
    isLost ||= filledIn === undefined;
    return filledIn ?? all;
  });
  return filled.replaceAll("##", "#").trimEnd().slice(0, LONGEST);
}

function isNumber(kind: string, size: string): boolean {
  return kind !== "" && "fFeEgGaA".includes(kind) && (size === "" || size === "l");
}

function isWord(kind: string, size: string): boolean {
  if (kind === "") return false;
  return "scp".includes(kind) ? size === "" : "diuxXo".includes(kind) && size !== "L";
}

/** @param longest of a string, characters; any number if it is negative */
function ofWord(bits: bigint, kind: string, width: number, longest: number): string {
  switch (kind) {
    case "s":
      return text(bits, longest);
    case "c":
      return String.fromCharCode(Number(bits & 0xffn));
    case "p":
      return BigInt.asUintN(64, bits).toString(16);
    case "u":
      return String(BigInt.asUintN(width, bits));
    case "x":
    case "X":
      return BigInt.asUintN(width, bits).toString(16);
    case "o":
      return BigInt.asUintN(width, bits).toString(8);
    default:
      return String(BigInt.asIntN(width, bits));
  }
}

function int(value: bigint | number | string): number {
  return Number(BigInt.asIntN(32, BigInt(value)));
}

/** What has a length need not end with a null. */
function text(address: Pointer, longest: number): string {
  if (address === 0n) return "(null)";
  return String(koffi.decode(address, "char", longest < 0 ? LONGEST : Math.min(longest, LONGEST)));
}
