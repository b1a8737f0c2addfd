import koffi from "../native.ts";
import type { Pointer } from "./c-library.ts";
import type { LogBudget } from "./log-budget.ts";
import { formatMessage } from "./message.ts";
import { statusOf } from "./status.ts";

/** Arguments that are looked at. Of the words the first is in a register; what lies above the call in the stack is there always. */
const [WORDS, DOUBLES] = [10, 8];

/**
 * fmi2CallbackLogger (FMI 2.0, section 2.1.5): (environment, instance, status, category, message, …). koffi has no
 * variadic callbacks, but on x86-64 the further arguments lie where those of a function with more parameters would:
 * whole numbers in the one register that is left and then on the stack, doubles in registers of their own.
 */
const LOGGER = koffi.proto("fmi2Logger", "void", [
  "void *",
  "str",
  "int",
  "str",
  "str",
  ...Array.from({ length: WORDS }, () => "int64"),
  ...Array.from({ length: DOUBLES }, () => "double"),
]);

/** A function pointer that a model can call to log; `budget` gets a line each. It is for good: a process needs one. */
export function makeLogger(budget: LogBudget): Pointer {
  return koffi.register(
    (_environment: unknown, _name: unknown, code: number, category: unknown, message: unknown, ...rest: unknown[]) => {
      try {
        const status = statusOf(code);
        budget.add(status, () => {
          const words = rest.slice(0, WORDS).filter((each) => typeof each === "bigint" || typeof each === "number");
          const doubles = rest.slice(WORDS).filter((each) => typeof each === "number");
          const line = formatMessage(String(message ?? ""), { words, doubles });
          return `${status}${category ? ` [${String(category)}]` : ""}: ${line}`;
        });
      } catch {
        // A model's message is never worth an exception in the middle of its code.
      }
    },
    koffi.pointer(LOGGER),
  );
}
