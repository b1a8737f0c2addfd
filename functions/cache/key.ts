const MAX_CHARACTERS = 512;
const CHARACTERS = /^[A-Za-z0-9._=@+-]+(\/[A-Za-z0-9._=@+-]+)*$/;

/** The caller passed a key that no object can have. */
export class InvalidKey extends Error {
  override readonly name = "InvalidKey";
}

/** Whether an object may have this key. The key appears unchanged in S3 keys, Redis keys and logs. */
export function isValidKey(key: string): boolean {
  return key.length <= MAX_CHARACTERS && CHARACTERS.test(key) && !key.includes("..");
}

/** @throws InvalidKey that names the allowed characters */
export function requireValidKey(key: string): void {
  if (isValidKey(key)) return;
  throw new InvalidKey(
    `${JSON.stringify(key.slice(0, 80))} is not a valid key: use 1 to ${MAX_CHARACTERS} of the characters A-Z a-z 0-9 . _ = @ + -, in parts separated by single slashes, without ".."`,
  );
}
