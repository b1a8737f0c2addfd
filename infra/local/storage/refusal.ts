import { CREDENTIALS, type Scope } from "./signature.ts";

/** Why a request to S3 is refused: S3's code, and a sentence for people. */
export interface Refusal {
  readonly status: 400 | 403;
  readonly code: string;
  readonly message: string;
}

export function refuse(code: string, message: string, status: Refusal["status"] = 403): Refusal {
  return { status, code, message };
}

export function mismatch(): Refusal {
  return refuse(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided: another method, path, query, host or key was signed.",
  );
}

/** Refuses an unknown key, and a scope of another service or day. */
export function refuseScope({ accessKeyId, date, service }: Scope, time: string): Refusal | undefined {
  if (accessKeyId !== CREDENTIALS.accessKeyId) {
    return refuse("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
  }
  return service === "s3" && time.startsWith(date) ? undefined : mismatch();
}
