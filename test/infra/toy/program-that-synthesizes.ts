import { synthesize } from "../../../infra/synthesize.ts";

/** Synthesizes into the folder that it is given. */
await synthesize(process.argv[2]);
