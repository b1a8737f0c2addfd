import { bundleRunner, bundleStart } from "./bundle.ts";

/** The first part of `npm start`: bundles the second part, and the program that runs functions. */
await bundleStart();
await bundleRunner();
