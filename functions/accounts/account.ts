/** Who calls. Tests and private test cases belong to an account's name. */
export interface Account {
  readonly name: string;
  /** Whether it may upload and delete test cases that others share. */
  readonly privileged: boolean;
}

/** Who a test belongs to when nobody says so. No account may have this name. */
export const ANONYMOUS = "anonymous";

/** Also part of keys in Redis and S3 and of paths in URLs, so nothing that means something there. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/;

/** Whether an account may have this name. */
export function isAccountName(name: string): boolean {
  return NAME.test(name) && name !== ANONYMOUS;
}
