import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Where native libraries that come with the service are, besides the system's: a Lambda layer, or what infra/native has built.
 * Bundled, this file lies in dist/emulator; else in functions/emulator.
 */
export function libraryFolders(): string[] {
  const here = dirname(fileURLToPath(import.meta.url));
  return ["/opt/lib", join(here, "../native/lib"), join(here, "../../dist/native/lib")];
}
