import koffi from "../native.ts";
import type { Pointer } from "./c-library.ts";

/** The arguments of a variadic call as the x86-64 calling convention passes them: whole numbers and doubles apart. */
export interface VariadicArguments {
  readonly words: readonly (bigint | number)[];
  readonly doubles: readonly number[];
}

const LONGEST = 2000;

/**
 * A message of a model as a line of text: its format filled in as printf would (without widths and precisions), and
 * `##` of FMI 2.0's variable references (section 2.1.5, `#r17#`) made one. Never fails: what cannot be filled in stays.
 */
export function formatMessage(format: string, { words, doubles }: VariadicArguments): string {
  let [word, double] = [0, 0];
  const filled = format.replace(
    /%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(hh|h|ll|l|z|j|t)?([diuxXcsfFeEgGp%])/g,
    (all, _size, kind) => {
      if (kind === "%") return "%";
      if ("fFeEgG".includes(kind)) return String(doubles[double++] ?? all);
      const value = words[word++];
      if (value === undefined) return all;
      const bits = BigInt(value);
      switch (kind) {
        case "s":
          return text(bits);
        case "c":
          return String.fromCharCode(Number(bits & 0xffn));
        case "u":
          return String(BigInt.asUintN(_size === "l" || _size === "ll" || _size === "z" ? 64 : 32, bits));
        case "x":
        case "X":
        case "p":
          return BigInt.asUintN(64, bits).toString(16);
        default:
          return String(BigInt.asIntN(_size === "l" || _size === "ll" || _size === "z" ? 64 : 32, bits));
      }
    },
  );
  return filled.replaceAll("##", "#").trimEnd().slice(0, LONGEST);
}

function text(address: Pointer): string {
  return address === 0n ? "(null)" : String(koffi.decode.string(address));
}
