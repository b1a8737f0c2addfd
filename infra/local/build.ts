import { bundleRunner, bundleStart } from "./bundle.ts";

/** Ahead of `npm start`: bundles it, and what it would else have to bundle itself. */
await bundleStart();
await bundleRunner();
