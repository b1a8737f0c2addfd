import type { EmulatorSettings } from "./emulator.ts";

const MB = 2 ** 20;
/** The memory of this process itself, MB, within the function's memory. */
const OWN_MB = 256;
const DEFAULT_MB = 1024;

/**
 * `EMULATOR_MEMORY_MB`: the memory limit of one model's process; by default the function's memory according to Lambda, less this
 * process' own. `EMULATOR_PROCESSES`: how many may be alive at once.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): EmulatorSettings {
  const { EMULATOR_MEMORY_MB, EMULATOR_PROCESSES, AWS_LAMBDA_FUNCTION_MEMORY_SIZE } = environment;
  const functionMb = positive(AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  const memoryMb =
    positive(EMULATOR_MEMORY_MB) ??
    (functionMb === undefined ? DEFAULT_MB : Math.max(functionMb - OWN_MB, functionMb / 2));
  return { memoryBytes: memoryMb * MB, processes: positive(EMULATOR_PROCESSES) ?? 4, packages: 2 };
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return text !== undefined && value > 0 ? value : undefined;
}
