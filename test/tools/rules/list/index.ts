import type { Rule } from "../rule.ts";
import { cache } from "./cache.ts";
import { confinement } from "./confinement.ts";
import { emulator } from "./emulator.ts";
import { inlineModels } from "./inline-models.ts";
import { messages } from "./messages.ts";
import { modelStates } from "./model-states.ts";
import { models } from "./models.ts";
import { refused } from "./refused.ts";
import { remembered } from "./remembered.ts";
import { requests } from "./requests.ts";
import { results } from "./results.ts";
import { runs } from "./runs.ts";
import { streams } from "./streams.ts";
import { sweeper } from "./sweeper.ts";
import { uploads } from "./uploads.ts";

/** All rules that can be broken, by area. */
export const RULES = {
  streams,
  refused,
  requests,
  remembered,
  messages,
  results,
  runs,
  sweeper,
  cache,
  models,
  "inline-models": inlineModels,
  emulator: [...emulator, ...confinement, ...modelStates],
  uploads,
} satisfies Record<string, readonly Rule[]>;
export type Area = keyof typeof RULES;

export function isArea(name: string): name is Area {
  return Object.hasOwn(RULES, name);
}
