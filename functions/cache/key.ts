import { InvalidKey } from "./errors.ts";

const MOST_CHARACTERS = 512;
const CHARACTERS = /^[A-Za-z0-9._=@+-]+(\/[A-Za-z0-9._=@+-]+)*$/;

/** Whether an object may have this key: it stands in S3 keys, Redis keys and logs as it is. */
export function isValidKey(key: string): boolean {
  return key.length <= MOST_CHARACTERS && CHARACTERS.test(key) && !key.includes("..");
}

/** @throws InvalidKey saying what is allowed */
export function requireValidKey(key: string): void {
  if (isValidKey(key)) return;
  throw new InvalidKey(
    `${JSON.stringify(key.slice(0, 80))} is no key: it must have 1 to ${MOST_CHARACTERS} of the characters A-Z a-z 0-9 . _ = @ + - and be cut by single slashes, without ".."`,
  );
}
