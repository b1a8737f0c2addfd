import { randomUUID } from "node:crypto";
import { type Created, createTest, findCreated, type Selected } from "../../lifecycle/create-and-stop/create.ts";
import { stopTest } from "../../lifecycle/create-and-stop/stop.ts";
import type { TestCaseName } from "../../packages/records.ts";
import { keys } from "../../platform/keys.ts";
import type { Redis } from "../../platform/redis.ts";
import { Rounds } from "../../platform/rounds.ts";
import { holderOf } from "../../streams/share.ts";
import type { ApiContext } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import { keyOf, readIdempotency } from "../http/idempotency.ts";
import type { HttpRequest } from "../http/request.ts";
import { type Quota, quotaOf, tooManyTests } from "../limits/open-tests.ts";
import { requireScope } from "./account.ts";
import { findSelected } from "./selected.ts";

/** A test that was created by this call, or by an earlier one under the same Idempotency-Key. */
export type New = Extract<Created, { readonly testid: string }>;

export interface Selecting {
  readonly created: readonly [New, ...New[]];
  readonly name: TestCaseName;
  readonly isUploaded: boolean;
  readonly holder: string | undefined;
}

/**
 * Creates so many tests, or none: 1 round trip for one, 2 for more. The caller must ring their doorbells.
 * @throws HttpError 422 for an Idempotency-Key of another call, 429 if the holder would have too many tests
 */
export async function createTests(count: number, request: HttpRequest, context: ApiContext): Promise<Selecting> {
  const { account, scope } = await requireScope(request, context);
  const quota = quotaOf(account, request, context);
  const idempotency = readIdempotency(request, account === undefined);
  const name = { scope, testcaseid: request.params.testcaseid ?? "" };
  const keyAt = (index: number) =>
    idempotency && index > 0 ? { ...idempotency, key: keyOf(idempotency.key, index) } : idempotency;
  const indices = Array.from({ length: count }, (_, index) => index);

  let selected: Selected;
  try {
    selected = await findSelected(name, request.arrivalMs, context);
  } catch (error) {
    // A repeated call gets the first call's answer, even if the test case has changed since.
    const find = async (index: number) => {
      const key = keyAt(index);
      return key && (await findCreated(context.redis, quota.holder.user, key));
    };
    const first = await Promise.all(indices.map(find));
    if (!first.every((each) => each?.kind === "repeated")) throw error;
    return { created: some(first), name, isUploaded: false, holder: holderOf(quota.holder) };
  }

  const create = async (redis: Redis, index: number, mostTests: number) =>
    await createTest(
      redis,
      { testid: randomUUID(), selected, ...quota.holder },
      { mostTests, nowMs: request.arrivalMs, idleMs: context.config.idleMs, idempotency: keyAt(index) },
    );
  // The first is created only if there is room for all.
  const first = await create(context.redis, 0, quota.mostTests - count + 1);
  if (!isNew(first)) throw refusalOf(first, quota, count);
  const outcomes: Outcome[] = await new Rounds(context.pipelined).all(
    indices
      .slice(1)
      .map(
        (index) => async (redis: Redis) =>
          await create(redis, index, quota.mostTests).catch((error: unknown) => ({ kind: "failed" as const, error })),
      ),
  );
  const all: Outcome[] = [first, ...outcomes];
  const refused = all.find((each) => !isNew(each));
  if (refused !== undefined && !isNew(refused)) {
    await takeBack(all, (index) => keyAt(index)?.key, quota, context);
    throw refused.kind === "failed" ? refused.error : refusalOf(refused, quota, count);
  }
  return { created: some(all), name, isUploaded: selected.owner !== "", holder: holderOf(quota.holder) };
}

type Outcome = Created | { readonly kind: "failed"; readonly error: unknown };

/** Another call has taken the room meanwhile: what this one has created goes, and its keys with it. */
async function takeBack(
  all: readonly Outcome[],
  keyAt: (index: number) => string | undefined,
  { holder }: Quota,
  { redis }: ApiContext,
): Promise<void> {
  const undo = async (each: Outcome, index: number) => {
    if (each.kind !== "created") return;
    const key = keyAt(index);
    if (key !== undefined) await redis.command(["UNLINK", keys.selectIdempotency(holder.user, key)]);
    await stopTest(redis, each.testid);
  };
  await Promise.all(all.map(undo));
}

function isNew(outcome: Outcome): outcome is New {
  return outcome.kind === "created" || outcome.kind === "repeated";
}

function refusalOf(refused: Exclude<Created, New>, quota: Quota, count: number): HttpError {
  if (refused.kind === "full") return tooManyTests(quota, refused.open, count);
  return new HttpError(422, "This Idempotency-Key was used for another request before.");
}

function some(created: readonly (Outcome | undefined)[]): [New, ...New[]] {
  return created.filter((each) => each !== undefined && isNew(each)) as [New, ...New[]];
}
