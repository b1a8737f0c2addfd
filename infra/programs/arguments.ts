import { type ParseArgsConfig, parseArgs } from "node:util";
import { Problem } from "./problem.ts";

/** `parseArgs` with error messages for the user. @throws Problem */
export function readArguments<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const [firstSentence] = error instanceof Error ? error.message.split(/\. |\n/) : [];
    throw new Problem(`${firstSentence ?? "Bad arguments"}: see --help`);
  }
}

/** A whole number within limits; undefined if the option is not given. @throws Problem */
export function wholeNumber(
  name: string,
  text: string | undefined,
  [lowest, highest]: readonly [number, number],
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lowest && value <= highest) return value;
  throw new Problem(`--${name} must be a whole number from ${lowest} to ${highest}, not "${text}"`);
}
