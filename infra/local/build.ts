import { bundleRunner, bundleStart } from "./bundle.ts";

/** The first part of `npm start`: bundles the second, and what that would else have to bundle itself. */
await bundleStart();
await bundleRunner();
