import { setTimeout as sleep } from "node:timers/promises";
import { CUT } from "../../../infra/local/http/cut.ts";
import { s3Error } from "../../../infra/local/storage/faults.ts";
import type { Storage } from "../../../infra/local/storage/storage.ts";

/** Longer than the processes' time limit for one attempt. */
const STALL_MS = 700;
const CREATING = new Set(["PutObject", "CompleteMultipartUpload"]);

/**
 * Makes S3 fail: 500, 503 and no answer in time, each for this share of all requests, and 409 for this share of the
 * conditional ones (S3 answers it to no others). In half of the cases, a request without an answer has taken effect.
 */
export function letFail(storage: Storage, part: number): void {
  const happens = () => Math.random() < part;
  storage.faults.before = async ({ service, operation }) => {
    if (service !== "s3") return undefined;
    if (happens()) return s3Error(500, "InternalError");
    if (happens()) return s3Error(503, "SlowDown");
    if (CREATING.has(operation) && happens()) return s3Error(409, "ConditionalRequestConflict");
    if (Math.random() < part / 2) return await stall();
    return undefined;
  };
  storage.faults.after = async ({ service }) =>
    service === "s3" && Math.random() < part / 2 ? await stall() : undefined;
}

export function letWork(storage: Storage): void {
  storage.faults.before = undefined;
  storage.faults.after = undefined;
}

async function stall(): Promise<typeof CUT> {
  await sleep(STALL_MS);
  return CUT;
}
