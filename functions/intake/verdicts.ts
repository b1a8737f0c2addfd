import { createHash } from "node:crypto";
import type { VerifyRequest } from "../emulator/protocol.ts";
import type { Model, Verdict } from "../packages/model.ts";
import { keys } from "../platform/keys.ts";
import { again, type Redis } from "../platform/redis.ts";

/** How long a verdict is kept, s: 90 days. */
const KEPT_SECONDS = 90 * 86_400;

/**
 * Everything that a verdict depends on. Two requests with equal subjects get equal verdicts, whoever uploaded the FMU, because
 * its bytes are equal.
 */
export interface Subject {
  /** SHA-256 of the FMU, hex. The model can read all of the file, so all of it counts. */
  readonly fmu: string;
  /** The model as it was read from the FMU. */
  readonly model: Omit<Model, "keeps">;
  /** Identifies the code that runs and verifies models. */
  readonly emulatorVersion: string;
  readonly work: Omit<VerifyRequest["work"], "budgetMs">;
}

/**
 * The verdict that an earlier verification came to: one command. Only this service writes verdicts: the emulator function, in
 * which models run, has no access to Redis.
 */
export async function readVerdict(redis: Redis, subject: Subject): Promise<Verdict | undefined> {
  const found = await again(() => redis.command(["GET", keys.verdict(digest(subject))]));
  return typeof found === "string" ? (JSON.parse(found) as Verdict) : undefined;
}

/**
 * Keeps a verdict: one command. A verdict that may be due to a busy machine is not kept: that the model must be replayed, or that
 * there was no time to compare it in one process. Uploading the model again has it verified again.
 */
export async function keepVerdict(redis: Redis, subject: Subject, verdict: Verdict): Promise<void> {
  const { keeps, reason } = verdict;
  const isFinal = keeps === "shared" || keeps === "image" || (keeps === "serialized" && reason !== null);
  if (!isFinal) return;
  await again(() => redis.command(["SET", keys.verdict(digest(subject)), JSON.stringify(verdict), "EX", KEPT_SECONDS]));
}

function digest({ fmu, model, emulatorVersion, work }: Subject): string {
  return createHash("sha256")
    .update(JSON.stringify([fmu, { ...model, keeps: undefined }, emulatorVersion, work]))
    .digest("hex");
}
