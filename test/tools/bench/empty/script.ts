import { script } from "../../../../functions/platform/redis.ts";

/** The smallest script: its time is that of the round trip. */
export const EMPTY = script("#!lua flags=allow-key-locking\nreturn { 'done' }\n");
