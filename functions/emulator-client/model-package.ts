import type { Model } from "../packages/model.ts";
import { ModelUnavailable } from "./failure.ts";

/** A package with a compiled model. */
export interface ModelPackage {
  readonly owner: string;
  /** SHA-256 of the FMU, hex. */
  readonly hash: string;
  readonly model: Model;
  /** A URL of the FMU, valid for some minutes. */
  readonly url: () => Promise<string>;
}

/** What the emulator function is told of a package. @throws ModelUnavailable if there is no URL of it */
export async function tellPackage({ owner, hash, model, url }: ModelPackage) {
  const found = await url().catch((error: unknown) => {
    throw new ModelUnavailable("The package could not be fetched: there is no URL of it", { cause: error });
  });
  return { owner, package: { hash, url: found, model } };
}
