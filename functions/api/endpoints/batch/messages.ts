import { describeAllowed, describeValue } from "../../../simulation/messages.ts";
import type { Endpoint } from "../../context.ts";
import { keyOf } from "../../http/idempotency.ts";
import type { HttpRequest } from "../../http/request.ts";
import type { ReadCommand } from "../../waiting/command.ts";
import { checkpoints, readCheckpointCommands } from "../checkpoints.ts";
import { readCommands } from "../commands.ts";
import { forecast } from "../forecast.ts";
import { fork } from "../fork.ts";
import { forecastPoints, inputs, kpi, measurements, name, points, scenario, step } from "../queries.ts";
import { results } from "../results.ts";
import { readRunCommands, runStatus } from "../run.ts";
import { stop } from "../stop.ts";
import { submit } from "../submit.ts";

/** Messages of one batch. */
export const MAX_MESSAGES = 256;

/** Characters of a key within a message. */
const MAX_KEY = 255;

/** A message to one test, and what has become of it. As JSON it is a part of a stored batch. */
export interface Item {
  /** As the client sent it, any JSON. */
  readonly responseid: unknown;
  readonly testid: string;
  readonly method: string;
  /** Its parameters; dropped when they are not needed any more. */
  params?: unknown;
  readonly with?: unknown;
  /** Its own Idempotency-Key, as the client sent it. */
  readonly idempotencyKey?: string;
  /** The key of the account in whose name it is sent. It is never stored. */
  readonly authorization?: string;
  /** The answer, `responsedata` as JSON text. */
  answer?: string;
  /** Where its answer will be: the stream, usually the test's own, and the request in it. */
  pending?: { readonly testid: string; readonly requestid: string };
}

/** How a method is carried out: a command through the test's stream, a rollout, or a call that needs the test at rest. */
export type Method =
  | { readonly kind: "command"; readonly read: ReadCommand }
  | { readonly kind: "rollout" }
  | { readonly kind: "call"; readonly endpoint: Endpoint };

const command = (read: ReadCommand): Method => ({ kind: "command", read });
const call = (endpoint: Endpoint): Method => ({ kind: "call", endpoint });

/** The methods of BOPTEST's worker, then this service's own. */
export const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["initialize", command(readCommands.initialize)],
  ["advance", command(readCommands.advance)],
  ["set_step", command(readCommands.setStep)],
  ["set_scenario", command(readCommands.setScenario)],
  ["get_name", call(name)],
  ["get_inputs", call(inputs)],
  ["get_measurements", call(measurements)],
  ["get_results", call(results)],
  ["get_kpis", call(kpi)],
  ["get_scenario", call(scenario)],
  ["get_forecast", call(forecast)],
  ["get_forecast_points", call(forecastPoints)],
  ["get_step", call(step)],
  ["stop", call(stop)],
  ["post_results_to_dashboard", call(submit)],
  ["checkpoint", command(readCheckpointCommands.make)],
  ["restore", command(readCheckpointCommands.restore)],
  ["delete_checkpoint", command(readCheckpointCommands.delete)],
  ["get_checkpoints", call(checkpoints)],
  ["get_points", call(points)],
  ["set_inputs", command(readCommands.setInputs)],
  ["run", command(readRunCommands.start)],
  ["pause", command(readRunCommands.pause)],
  ["get_run", call(runStatus)],
  ["rollout", { kind: "rollout" }],
  ["fork", call(fork)],
]);

/** Reads one message. One that cannot be read has its answer already. */
export function readMessage(message: unknown): Item {
  const fields: Readonly<Record<string, unknown>> =
    typeof message === "object" && message !== null ? (message as Record<string, unknown>) : {};
  const { requestid, testid, method, params } = fields;
  const item = { responseid: requestid ?? null, testid: String(testid), method: String(method) };
  if (!(requestid && testid && method && params)) {
    return { ...item, answer: badRequest("Missing required attributes") };
  }
  if (typeof testid !== "string") return { ...item, answer: badRequest(describeUnknownTest(describeValue(testid))) };
  if (typeof method !== "string" || !METHODS.has(method)) {
    const allowed = describeAllowed([...METHODS.keys()]);
    return { ...item, answer: badRequest(`There is no method ${describeValue(method)}. Allowed are ${allowed}.`) };
  }
  if (fields.with !== undefined && method !== "advance") {
    return { ...item, answer: badRequest(`The method ${method} takes no with.`) };
  }
  const keys = readKeys(fields);
  if (typeof keys === "string") return { ...item, answer: badRequest(keys) };
  return { ...item, params, ...keys, ...(fields.with === undefined ? {} : { with: fields.with }) };
}

/** What an HTTP call has as headers. @returns what is wrong, as a sentence */
function readKeys({
  idempotency_key: idempotencyKey,
  authorization,
}: Readonly<Record<string, unknown>>): Pick<Item, "idempotencyKey" | "authorization"> | string {
  for (const [name, value] of Object.entries({ idempotency_key: idempotencyKey, authorization })) {
    if (value === undefined || (typeof value === "string" && value.length <= MAX_KEY)) continue;
    return `The field ${name} is ${describeValue(value)}. It must be a string of at most ${MAX_KEY} characters.`;
  }
  return {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey: idempotencyKey as string }),
    ...(authorization === undefined ? {} : { authorization: authorization as string }),
  };
}

/** The words in which BOPTEST's WebSocket refuses a message. */
export function badRequest(payload: string): string {
  return JSON.stringify({ status: 400, message: "Bad Request", payload });
}

export function describeUnknownTest(testid: string): string {
  return `Testid '${testid}' is not a valid test`;
}

/**
 * The message as a request of its own.
 * @param call the request that brought the batch, or asks for it
 * @param key the Idempotency-Key of the batch, if there is one; the message's own goes before it
 * @param index of the message in the batch
 */
export function requestOf(item: Item, call: HttpRequest, key: string | undefined, index: number): HttpRequest {
  const { testid, method, params } = item;
  const isNamed = typeof params === "object" && params !== null && "name" in params;
  return {
    ...call,
    route: undefined,
    method: "POST",
    path: `/batch/${testid}/${method}`,
    params: { testid, ...(isNamed ? { name: String(params.name) } : {}) },
    query: item.with === undefined ? {} : { with: JSON.stringify(item.with) },
    contentType: "application/json",
    acceptsGzip: false,
    key: item.authorization ?? call.key,
    idempotencyKey: item.idempotencyKey ?? (key === undefined ? undefined : keyOf(key, index)),
    text: JSON.stringify(params),
  };
}
