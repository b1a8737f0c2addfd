import { script } from "../../../../functions/platform/redis.ts";

/** As little as a script can do: what it takes is the round trip's own. */
export const EMPTY = script("#!lua flags=allow-key-locking\nreturn { 'done' }\n");
